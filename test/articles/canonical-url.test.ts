import { describe, expect, test } from 'vitest';
import { canonicalUrl, withoutTracking } from '../../src/articles/canonical-url.ts';

describe('the one spelling of an address', () => {
  test.each([
    ['host in lower case', 'https://News.Example/Story', 'https://news.example/Story'],
    ['default port', 'https://news.example:443/story', 'https://news.example/story'],
    ['another port is another place', 'http://news.example:8080/story', 'http://news.example:8080/story'],
    ['slash at the end', 'https://news.example/story/', 'https://news.example/story'],
    ['several slashes', 'https://news.example/story//?p=2', 'https://news.example/story?p=2'],
    ['the home page', 'https://news.example', 'https://news.example/'],
    ['fragment', 'https://news.example/story#comments', 'https://news.example/story'],
    ['fragment that names the page', 'https://news.example/#!/story/7', 'https://news.example/#!/story/7'],
    ['user name', 'https://ana:secret@news.example/story', 'https://news.example/story'],
    ['dot after the host', 'https://news.example./story', 'https://news.example/story'],
    [
      'tracking',
      'https://news.example/story?utm_source=rss&UTM_Medium=x&fbclid=1',
      'https://news.example/story',
    ],
    ['tracking amid meaning', 'https://news.example/?a=1&mc_cid=2&p=3', 'https://news.example/?a=1&p=3'],
    ['hidden tracking', 'https://news.example/story?utm%5Fsource=rss', 'https://news.example/story'],
    ['the order of the query stays', 'https://news.example/?b=2&a=1', 'https://news.example/?b=2&a=1'],
    ['the spelling of the query stays', 'https://news.example/?q=a%20b+c', 'https://news.example/?q=a%20b+c'],
    ['from the feed', 'https://news.example/story?source=rss----71e3', 'https://news.example/story'],
    ['from the site itself', 'https://news.example/story?ref=news.example', 'https://news.example/story'],
    ['ref that means something', 'https://news.example/?ref=v2.1', 'https://news.example/?ref=v2.1'],
    ['a broken escape', 'https://news.example/?q=%E0%A4%A&utm_id=1', 'https://news.example/?q=%E0%A4%A'],
    ['http stays apart from https', 'http://news.example/story', 'http://news.example/story'],
  ])('%s', (_, given, expected) => {
    expect(canonicalUrl(given)).toBe(expected);
    expect(canonicalUrl(expected)).toBe(expected);
  });

  test('readers get the page as it was linked, only without tracking', () => {
    expect(withoutTracking('https://news.example/story/?utm_source=rss#part-2')).toBe(
      'https://news.example/story/#part-2',
    );
  });

  test('what is no address throws', () => {
    expect(() => canonicalUrl('story.html')).toThrow(TypeError);
  });
});
