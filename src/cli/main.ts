import { codeOf } from '../ground/errors.ts';
import type { Io } from './context.ts';
import { runCommand, tellError } from './run.ts';

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  cwd: process.cwd(),
  terminal: process.stderr.isTTY === true,
};

// Who reads may stop reading (`| head`): the work goes on to its end, the words go nowhere.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error) => {
    if (!['EPIPE', 'ERR_STREAM_DESTROYED'].includes(codeOf(error) ?? '')) throw error;
  });
process.on('uncaughtException', (error) => {
  tellError(error, { io, env: process.env });
  process.exit(1);
});

process.exitCode = await runCommand(process.argv.slice(2), { io, env: process.env });
