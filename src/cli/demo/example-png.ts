import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BYTES_A_PIXEL = 3;
const TRUE_COLOUR = 2;

/** Where each filter type (RFC 2083, 6) predicts a byte from: nothing, the left pixel, the pixel above. */
const PREDICTIONS = [() => 0, (left: number) => left, (_left: number, up: number) => up];

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A row as differences, by the filter whose differences are smallest (RFC 2083, 9.6). */
function filtered(rgb: ArrayLike<number>, at: number, stride: number): Buffer {
  let [best, least] = [Buffer.alloc(0), Number.POSITIVE_INFINITY];
  for (const [type, predict] of PREDICTIONS.entries()) {
    const row = Buffer.alloc(1 + stride, type);
    let sum = 0;
    for (let x = 0; x < stride; x += 1) {
      const left = x < BYTES_A_PIXEL ? 0 : (rgb[at + x - BYTES_A_PIXEL] ?? 0);
      const difference = ((rgb[at + x] ?? 0) - predict(left, rgb[at + x - stride] ?? 0)) & 0xff;
      row[1 + x] = difference;
      sum += Math.min(difference, 256 - difference);
    }
    if (sum < least) [best, least] = [row, sum];
  }
  return best;
}

/** Encodes rows of red, green, blue bytes as a PNG file (RFC 2083): 8 bits a channel, no transparency. */
export function encodePng(width: number, height: number, rgb: ArrayLike<number>): Buffer {
  const stride = width * BYTES_A_PIXEL;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, TRUE_COLOUR], 8);
  const rows = Array.from({ length: height }, (_, y) => filtered(rgb, y * stride, stride));
  const pixels = deflateSync(Buffer.concat(rows), { level: 9 });
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
