import { describe, expect, test } from 'vitest';
import { cleanHtml } from '../../src/articles/clean-html.ts';

const base = 'https://news.example/2026/story';
const clean = (html: string) => cleanHtml(html, base).html;

describe('the HTML of an article', () => {
  test.each([
    ['script', '<p>a</p><script>alert(1)</script>', '<p>a</p>'],
    ['handler', '<p onclick="x()">a</p>', '<p>a</p>'],
    ['style', '<style>p{}</style><p style="position:fixed" class="c" id="i">a</p>', '<p>a</p>'],
    ['frame', '<p>a</p><iframe src="https://evil.example"></iframe>', '<p>a</p>'],
    ['form', '<form action="https://evil.example"><input name="x"><p>a</p></form>', '<p>a</p>'],
    ['javascript link', '<a href="java&#9;script:alert(1)">a</a>', '<a>a</a>'],
    ['data link', '<a href="data:text/html,x">a</a>', '<a>a</a>'],
    ['data picture', '<p>a<img src="data:image/png;base64,AAAA"></p>', '<p>a</p>'],
    ['svg with script', '<svg><script>alert(1)</script></svg><p>a</p>', '<p>a</p>'],
    ['comment', '<p>a<!-- [if mso]> b --></p>', '<p>a</p>'],
    [
      'link',
      '<a href="/x?a=1&b=2">a</a>',
      '<a href="https://news.example/x?a=1&amp;b=2" rel="noopener noreferrer nofollow">a</a>',
    ],
    ['text that looks like a tag', '<p>a &lt;script&gt; b</p>', '<p>a &lt;script&gt; b</p>'],
  ])('%s', (_, given, expected) => {
    expect(clean(given)).toBe(expected);
  });

  test.each([
    '<img src="https://t.example/p.gif" width="1" height="1">',
    '<img src="https://t.example/p.gif" style="width:1px;height:1px">',
    '<img src="https://t.example/p.gif" style="display:none">',
    '<img src="https://pixel.wp.com/b.gif?host=x">',
    '<img height="0" src="https://t.example/p">',
  ])('a picture that only counts readers goes: %s', (html) => {
    expect(cleanHtml(html, base)).toEqual({ html: '', images: [] });
  });

  test('pictures keep their address, absolute, and stand for the story unless they are small', () => {
    const html =
      '<img src="face.png" width="48" height="48"><img data-src="/big.jpg" src="data:x" alt="A bridge">';
    const { html: out, images } = cleanHtml(html, base);
    expect(images).toEqual(['https://news.example/big.jpg']);
    expect(out).toContain('<img src="https://news.example/big.jpg" alt="A bridge" />');
    expect(out).toContain('https://news.example/2026/face.png');
  });

  test('relative addresses without a base go', () => {
    expect(cleanHtml('<a href="/x">a</a><img src="/y.png">', null).html).toBe('<a>a</a>');
  });

  test('text beyond half a million characters is cut, tags are dropped where they nest too deeply', () => {
    expect(clean(`${'a'.repeat(499_999)}😀 end`)).toBe('a'.repeat(499_999));
    expect(clean(`${'<div>'.repeat(1_000)}a`)).toBe(`${'<div>'.repeat(60)}a${'</div>'.repeat(60)}`);
    expect(clean('<p>a<br>'.repeat(20_000))).toContain('a');
  });

  test('what opens thousands of tags is refused before it costs time', () => {
    expect(() => clean('<i>'.repeat(100_000))).toThrow(RangeError);
    expect(() => clean('<nothing>'.repeat(50_000))).toThrow(RangeError);
  });
});
