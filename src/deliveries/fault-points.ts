import type { Moment } from './send.ts';

/**
 * Lets a test kill the process at one of the protocol's moments, as kill -9 would: `DIE_AT=handed over` at the first such
 * moment, `DIE_AT=handed over:20` at the twentieth.
 */
export function momentsFrom(setting: string | undefined): { at?: (moment: Moment) => Promise<void> } {
  if (setting === undefined) return {};
  const [wanted, count = '1'] = setting.split(':');
  let left = Number(count);
  return {
    async at(moment) {
      if (moment !== wanted) return;
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
    },
  };
}
