import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { decodeFeed } from '../../src/feeds/decode.ts';

const declared = (encoding: string, text: string) =>
  `<?xml version="1.0" encoding="${encoding}"?><a>${text}</a>`;
const russian = 'Новости недели';

describe('decodeFeed', () => {
  it.each([
    ['utf-8', true],
    ['utf-16le', true],
    ['utf-16be', true],
    ['utf-32le', true],
    ['utf-32be', true],
    ['utf-16le', false],
    ['utf-16be', false],
  ])(
    'believes a byte order mark or the shape of %s (mark: %s) before anything that is said',
    (encoding, addBOM) => {
      const bytes = iconv.encode(declared('koi8-r', russian), encoding, { addBOM });
      expect(decodeFeed(bytes, 'text/xml; charset=windows-1251')).toBe(declared('koi8-r', russian));
    },
  );

  it('believes Content-Type before the XML declaration', () => {
    const bytes = iconv.encode(declared('koi8-r', russian), 'windows-1251');
    expect(decodeFeed(bytes, 'application/rss+xml; charset="Windows-1251"')).toContain(russian);
  });

  it('reads the XML declaration when the header says nothing, or a name that nobody knows', () => {
    const bytes = iconv.encode(declared('koi8-r', russian), 'koi8-r');
    expect(decodeFeed(bytes, 'text/xml')).toContain(russian);
    expect(decodeFeed(bytes, 'text/xml; charset=klingon')).toContain(russian);
  });

  it('keeps to UTF-8 when the feed says and is UTF-8, whatever a server adds', () => {
    expect(decodeFeed(Buffer.from(declared('UTF-8', russian)), 'text/xml; charset=ISO-8859-1')).toContain(
      russian,
    );
  });

  it('does not believe UTF-16 in bytes that have no zeros', () => {
    expect(decodeFeed(Buffer.from(declared('utf-16', russian)))).toContain(russian);
  });

  it('tries UTF-8, then windows-1252, when nothing is said', () => {
    expect(decodeFeed(Buffer.from('<a>Ève — €</a>'))).toBe('<a>Ève — €</a>');
    expect(decodeFeed(iconv.encode('<a>Ève — €</a>', 'windows-1252'))).toBe('<a>Ève — €</a>');
  });

  it('loses only the broken characters of UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from(russian), Buffer.from([0xff]), Buffer.from(russian)]);
    expect(decodeFeed(bytes)).toBe(`${russian}\ufffd${russian}`);
  });

  it('drops blanks in front, NUL and other characters that are no text', () => {
    expect(decodeFeed(Buffer.from(' \n\ufeff\u0000<a>b\u0000\u0008c\tä</a>'))).toBe('<a>bc\tä</a>');
  });

  it('unpacks a feed that is a gzip file, and survives a damaged or an endless one', () => {
    expect(decodeFeed(gzipSync(declared('utf-8', russian)))).toContain(russian);
    expect(decodeFeed(gzipSync('<a>').subarray(0, 12))).not.toContain('<a>');
    expect(decodeFeed(gzipSync(Buffer.alloc(11 * 1024 * 1024, 'a'))).length).toBeLessThan(100_000);
  });
});
