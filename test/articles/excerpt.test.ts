import { describe, expect, test } from 'vitest';
import { cutAtWord, excerptOf } from '../../src/articles/excerpt.ts';
import { imageOf } from '../../src/articles/image.ts';
import { textOf } from '../../src/articles/plain-text.ts';
import { countWords, wordsOf } from '../../src/articles/words.ts';

const excerpt = (summary: string, text = '') => excerptOf({ title: 'Title', summary, text });

describe('an excerpt', () => {
  test('is the summary, else the text, never the title again', () => {
    expect(excerpt('Short.', 'The long text.')).toBe('Short.');
    expect(excerpt('', 'The long text.')).toBe('The long text.');
    expect(excerpt('Title', 'The long text.')).toBe('The long text.');
    expect(excerpt('', '')).toBe('');
  });

  test('ends with a sentence where one ends in time, else with a word', () => {
    const sentence = `${'word '.repeat(30)}end.`;
    expect(excerpt(`${sentence} ${'more '.repeat(40)}`)).toBe(sentence);
    const endless = excerpt('word '.repeat(100));
    expect(endless).toMatch(/^(word )+word…$/);
    expect(endless.length).toBeLessThanOrEqual(220);
    expect(excerpt(`Hm. ${'word '.repeat(100)}`).length).toBeGreaterThan(200);
    expect(excerpt('x'.repeat(300))).toBe(`${'x'.repeat(219)}…`);
    expect(excerpt('😀'.repeat(300)).isWellFormed()).toBe(true);
    expect(cutAtWord('exactly ten', 11)).toBe('exactly ten');
  });

  test.each([
    ['Fees fell. The post Fees fell appeared first on Chain News.', 'Fees fell.'],
    ['Fees fell again […]', 'Fees fell again'],
    ['Fees fell. Continue reading →', 'Fees fell.'],
    ['People read more when fees fell.', 'People read more when fees fell.'],
  ])('without what publishing systems add: %s', (given, expected) => {
    expect(excerpt(given)).toBe(expected);
  });
});

test('text of HTML: blocks apart, entities decoded, no pictures and addresses', () => {
  const html =
    '<h2>Head</h2><p>a &amp; <b>b</b></p><ul><li>c</li></ul><figure><img src="https://x.example/i.png" alt="no"><figcaption>no</figcaption></figure><a href="https://x.example">d</a>';
  expect(textOf(html)).toBe('Head a & b c d');
});

test('words are counted in spaced and unspaced scripts', () => {
  expect(countWords('Don’t panic: 42 bridges — really.')).toBe(5);
  expect(countWords('区块链新闻')).toBe(3);
  expect(countWords('')).toBe(0);
});

test('words to compare by: singular and lower case, pairs where no blanks part them', () => {
  expect(wordsOf('The Bridges’ bridge, a BOSS')).toEqual(['the', 'bridge', 'bridge', 'boss']);
  expect(wordsOf('区块链')).toEqual(['区块', '块链']);
});

test('the image is the feed’s, else the first good one of the text', () => {
  const text = { html: '', images: ['https://x.example/logo.svg', 'https://x.example/a.jpg'] };
  expect(imageOf('https://x.example/feed.png', text)).toBe('https://x.example/feed.png');
  expect(imageOf('https://x.example/talk.mp3', text)).toBe('https://x.example/a.jpg');
  expect(imageOf('javascript:alert(1)', text)).toBe('https://x.example/a.jpg');
  expect(imageOf(null, { html: '', images: [] })).toBeNull();
});
