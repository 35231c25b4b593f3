import type { Socket } from 'node:net';
import { z } from 'zod';

/*
 * What is said over the data directory's socket, a JSON text a line. The holder speaks first: until it has, nothing was
 * asked of it, so a caller may give up or turn elsewhere without doubt.
 *
 *   holder: {"ready": its process id}      caller: {"argv": […], "cwd": "/…", "terminal": true|false}
 *   holder: {"out": "…"} and {"err": "…"}, any number      holder: {"exit": code}
 */

/** Longest line in UTF-16 units; a request may carry a system's longest command line. */
const LONGEST_LINE = 4_194_304;
/** Longest text in one frame; a longer result goes in several. */
const LONGEST_TEXT = 65_536;

/** A command to run inside the holder. */
export const requestFrame = z.object({
  argv: z.array(z.string()),
  cwd: z.string().startsWith('/'),
  terminal: z.boolean(),
});
export type RequestFrame = z.output<typeof requestFrame>;

/** What the holder says. */
export const holderFrame = z.union([
  z.object({ ready: z.int().positive() }),
  z.object({ out: z.string() }),
  z.object({ err: z.string() }),
  z.object({ exit: z.int().min(0).max(255) }),
]);
export type HolderFrame = z.output<typeof holderFrame>;

/** Sends one frame; in silence when the other side has gone. */
export function sendFrame(socket: Socket, frame: RequestFrame | HolderFrame): void {
  if (socket.writable) socket.write(`${JSON.stringify(frame)}\n`);
}

/** Calls for each line that arrives, as the value that it spells; undefined when it is not JSON. A line that is too long ends the talk. */
export function onFrames(socket: Socket, onFrame: (value: unknown) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text) => {
    const lines = (rest + String(text)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onFrame(parse(line));
    if (rest.length > LONGEST_LINE) socket.destroy(new Error('a line is too long'));
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Cuts a text into pieces that fit a frame, never through a character. */
export function* pieces(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + LONGEST_TEXT, text.length);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    yield text.slice(start, end);
    start = end;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
