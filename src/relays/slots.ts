/** At most `size` at once; who comes later waits in order. */
export interface Slots {
  /** Resolves `true` with a slot taken, or `false` when the wait was called off. */
  take(): Promise<boolean>;
  release(): void;
  /** Sends all who wait away. */
  callOff(): void;
  /** Resolves when no slot is taken. */
  whenFree(): Promise<void>;
}

export function createSlots(size: number): Slots {
  let taken = 0;
  const waiting: ((got: boolean) => void)[] = [];
  const idle: (() => void)[] = [];
  return {
    async take() {
      if (taken < size) {
        taken += 1;
        return true;
      }
      const { promise, resolve } = Promise.withResolvers<boolean>();
      waiting.push(resolve);
      return promise;
    },
    release() {
      const next = waiting.shift();
      if (next) return next(true);
      taken -= 1;
      if (taken === 0) for (const resolve of idle.splice(0)) resolve();
    },
    callOff() {
      for (const resolve of waiting.splice(0)) resolve(false);
    },
    async whenFree() {
      if (taken === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      idle.push(resolve);
      return promise;
    },
  };
}
