import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { identifying, identityOf, sightingIdOf } from '../../src/articles/identity.ts';
import { isId, type SourceId } from '../../src/ground/ids.ts';

function source(text: string): SourceId {
  if (!isId<SourceId>(text)) throw new Error('no id');
  return text;
}

const link = 'https://news.example/story';
const key = (item: Partial<Parameters<typeof identityOf>[0]>, from = '1') =>
  identityOf({ id: null, link: null, title: '', published: null, ...item }, source(from)).toString('hex');

describe('which story an item tells', () => {
  test('its canonical address, whichever source and id', () => {
    expect(key({ link: `${link}/?utm_source=a#x`, id: 'one' })).toBe(key({ link, id: 'two' }, '2'));
    expect(key({ link })).toBe(createHash('sha256').update(link).digest('hex'));
    expect(key({ link: `${link}?p=2` })).not.toBe(key({ link }));
  });

  test('without address the id, which counts at its source only', () => {
    expect(key({ id: 'one', title: 'A' })).toBe(key({ id: 'one', title: 'B' }));
    expect(key({ id: 'one' })).not.toBe(key({ id: 'one' }, '2'));
    expect(key({ id: 'one' })).not.toBe(key({ id: 'two' }));
  });

  test('without both the title, whatever its case and blanks, and the date', () => {
    expect(key({ title: 'A  Story' })).toBe(key({ title: 'a story' }));
    expect(key({ title: 'a story' })).not.toBe(key({ title: 'a story' }, '2'));
    expect(key({ title: 'one' })).not.toBe(key({ id: 'one' }));
    const published = '2026-11-20T10:00:00Z';
    expect(key({ title: 'a story', published })).not.toBe(key({ title: 'a story' }));
    expect(key({ id: 'one', published })).toBe(key({ id: 'one' }));
    expect(key({ link, published })).toBe(key({ link }));
  });

  test('an id of any length fits an index entry', () => {
    const long = 'x'.repeat(10_000);
    expect(sightingIdOf({ id: long, link, title: '', published: null }).length).toBeLessThanOrEqual(500);
    expect(sightingIdOf({ id: `${long}y`, link, title: '', published: null })).not.toBe(
      sightingIdOf({ id: long, link, title: '', published: null }),
    );
  });
});

describe('what does not identify', () => {
  test('a link that different items share, and an id that they share', () => {
    const home = [
      { id: '1', link: 'https://news.example/', title: 'First', published: null },
      { id: '2', link: 'https://news.example/', title: 'Second', published: null },
    ];
    expect(identifying(home).map((item) => item.link)).toEqual([null, null]);
    const notes = [
      { id: null, link: 'https://tool.example/changes#v1', title: 'v1', published: null },
      { id: null, link: 'https://tool.example/changes#v2', title: 'v2', published: null },
    ];
    expect(identifying(notes).map((item) => item.link)).toEqual([null, null]);
    const zero = [
      { id: '0', link: 'https://news.example/a', title: 'First', published: null },
      { id: '0', link: 'https://news.example/b', title: 'Second', published: null },
    ];
    expect(identifying(zero).map((item) => item.id)).toEqual([null, null]);
  });

  test('but the same story told twice stays one', () => {
    const again = [
      { id: '1', link, title: 'Story', published: null },
      { id: '2', link: `${link}?utm_source=b`, title: 'STORY', published: null },
    ];
    expect(identifying(again)).toEqual(again);
    const corrected = [
      { id: '1', link, title: 'Story, corrected', published: null },
      { id: '1', link, title: 'Story', published: null },
    ];
    expect(identifying(corrected)).toEqual(corrected);
  });
});
