import { crc32, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EXAMPLE_ARTICLES } from '../../../src/cli/demo/articles.ts';
import { imageAlt, paintImage } from '../../../src/cli/demo/example-images.ts';
import { encodePng } from '../../../src/cli/demo/example-png.ts';

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** The chunks of a PNG file, their checks checked. */
function chunksOf(png: Buffer): Chunk[] {
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    chunks.push({ type: body.toString('latin1', 0, 4), data: body.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

/** The pixels of a PNG file of 8-bit red, green and blue, by the reverse of every filter that the encoder may use. */
function decode(png: Buffer): { width: number; height: number; rgb: Uint8Array; filters: Set<number> } {
  const [header, pixels, end, ...more] = chunksOf(png);
  expect([header?.type, pixels?.type, end?.type, more.length]).toEqual(['IHDR', 'IDAT', 'IEND', 0]);
  const [width, height] = [header?.data.readUInt32BE(0) ?? 0, header?.data.readUInt32BE(4) ?? 0];
  expect([...(header?.data.subarray(8) ?? [])]).toEqual([8, 2, 0, 0, 0]);
  const rows = inflateSync(pixels?.data ?? Buffer.alloc(0));
  const stride = width * 3;
  expect(rows.length).toBe(height * (stride + 1));
  const rgb = new Uint8Array(height * stride);
  const filters = new Set<number>();
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (stride + 1)] ?? -1;
    filters.add(filter);
    for (let x = 0; x < stride; x += 1) {
      const left = x < 3 ? 0 : (rgb[y * stride + x - 3] ?? 0);
      const up = y === 0 ? 0 : (rgb[(y - 1) * stride + x] ?? 0);
      const predicted = filter === 1 ? left : filter === 2 ? up : 0;
      rgb[y * stride + x] = (rows[y * (stride + 1) + 1 + x] ?? 0) + predicted;
    }
  }
  return { width, height, rgb, filters };
}

describe('the PNG encoder', () => {
  test('gives back every pixel, whichever filter each row took', () => {
    const [width, height] = [31, 17];
    const noise = (x: number, y: number) => (x * 7919 + y * 104_729 + ((x * y) % 13) * 31) % 256;
    const rgb = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width * 3; x += 1)
        rgb[y * width * 3 + x] = y < 5 ? noise(x, y) : y < 11 ? (x % 3) * 80 + y * 9 : x * 2;
    const back = decode(encodePng(width, height, rgb));
    expect([back.width, back.height]).toEqual([width, height]);
    expect([...back.filters].sort()).toEqual([0, 1, 2]);
    expect(Buffer.compare(back.rgb, rgb)).toBe(0);
  });
});

describe("the articles' pictures", () => {
  const pictures = EXAMPLE_ARTICLES.map((article) => ({
    article,
    png: paintImage(article.slug, article.image),
  }));

  test('are PNG files of 640 by 336, light enough for a mail, each its own', () => {
    for (const { article, png } of pictures) {
      const header = chunksOf(png)[0]?.data;
      expect([header?.readUInt32BE(0), header?.readUInt32BE(4)], article.slug).toEqual([640, 336]);
      expect(png.length, article.slug).toBeLessThan(100_000);
    }
    expect(new Set(pictures.map(({ png }) => png.toString('base64'))).size).toBe(pictures.length);
  });

  test('are the same each time they are painted', () => {
    const [first] = pictures;
    if (!first) throw new Error('there are no pictures');
    expect(paintImage(first.article.slug, first.article.image).equals(first.png)).toBe(true);
  });

  test('show something: many colours, and more than the sky alone', () => {
    const { rgb } = decode(paintImage('a-seed', { motif: 'arches', palette: 'sea' }));
    const middle = new Set<string>();
    for (let x = 0; x < 640; x += 1)
      middle.add(rgb.subarray((170 * 640 + x) * 3, (170 * 640 + x) * 3 + 3).join());
    expect(middle.size).toBeGreaterThan(4);
  });

  test('are described in words', () => {
    expect(imageAlt({ motif: 'arches', palette: 'sea' })).toBe(
      'Abstract illustration: a bridge of round arches over still water, in deep blue and teal',
    );
  });
});
