import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** A body that goes on after the limit. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

// Files cut off at the end are common, and what came is still worth reading.
const LENIENT = { finishFlush: constants.Z_SYNC_FLUSH };

/** Lets bytes through up to a limit. */
const limited = (most: number) =>
  async function* count(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > most) throw new TooLargeError();
      yield chunk;
    }
  };

/** `deflate` means zlib's format (RFC 9110, section 8.4.1.2), but some send the bare one; the first byte tells. */
async function* inflate(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return;
  const unpacker = ((first.value[0] ?? 0) & 0x0f) === 8 ? createInflate(LENIENT) : createInflateRaw(LENIENT);
  const feeding = pipeline(async function* all() {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => source };
  }, unpacker);
  feeding.catch(() => {}); // told by the unpacker, which is read below
  yield* unpacker;
}

function unpackers(encoding: string) {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(LENIENT);
    case 'br':
      return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
    case 'deflate':
      return inflate;
    default:
      return null;
  }
}

/**
 * Reads a response's body, unpacked, and never more than `maxBytes` of it, packed or unpacked.
 * @throws TooLargeError when there is more; the body is destroyed then, as on every error.
 */
export async function readBody(
  body: Readable,
  encoding: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const collect = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of limited(maxBytes)(chunks)) parts.push(chunk);
  };
  const unpacker = unpackers(encoding);
  if (unpacker === null) await pipeline(body, collect, { signal });
  else await pipeline(body, limited(maxBytes), unpacker, collect, { signal });
  return Buffer.concat(parts);
}
