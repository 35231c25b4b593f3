import { describe, expect, it } from 'vitest';
import { parseFeed } from '../../src/feeds/parse.ts';
import { Problem } from '../../src/ground/errors.ts';

const URL = 'https://news.example/blog/feed.xml';
const parse = (text: string, contentType?: string) =>
  parseFeed(Buffer.from(text), { url: URL, contentType: contentType ?? null });
const rss = (items: string, attributes = '') =>
  `<?xml version="1.0"?><rss version="2.0"${attributes}><channel><title>News</title>${items}</channel></rss>`;
const only = (text: string) => {
  const [item, ...more] = parse(text).items;
  if (!item || more.length > 0) throw new Error(`expected one item, and ${more.length} more came`);
  return item;
};
const refusal = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof Problem && error.kind === 'bad_input') return error.message;
    throw error;
  }
  throw new Error('it was read');
};

const NAMESPACES = [
  'content="http://purl.org/rss/1.0/modules/content/"',
  'dc="http://purl.org/dc/elements/1.1/"',
]
  .concat(['media="http://search.yahoo.com/mrss/"', 'itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'])
  .map((declaration) => ` xmlns:${declaration}`)
  .join('');

describe('formats', () => {
  it('reads RSS 2.0', () => {
    const text = `<?xml version="1.0"?>
      <rss version="2.0"${NAMESPACES}><channel>
        <title>Chain &amp; Block</title><link>https://news.example/</link>
        <item>
          <title>Fees fall</title><link>https://news.example/fees</link><guid isPermaLink="false">n-17</guid>
          <pubDate>Mon, 05 Jan 2026 09:30:00 +0100</pubDate>
          <dc:creator>Ada Byron</dc:creator><category>Markets</category><category>markets</category><category>Fees</category>
          <description>Short &lt;b&gt;text&lt;/b&gt;</description>
          <content:encoded><![CDATA[<p>Long text &amp; more</p>]]></content:encoded>
          <enclosure url="https://cdn.example/fees.jpg" type="image/jpeg" length="10"/>
        </item>
      </channel></rss>`;
    expect(parse(text)).toEqual({
      format: 'rss',
      title: 'Chain & Block',
      link: 'https://news.example/',
      items: [
        {
          id: 'n-17',
          title: 'Fees fall',
          link: 'https://news.example/fees',
          published: '2026-01-05T08:30:00Z',
          updated: null,
          author: 'Ada Byron',
          categories: ['Markets', 'Fees'],
          summary: 'Short <b>text</b>',
          html: '<p>Long text &amp; more</p>',
          image: 'https://cdn.example/fees.jpg',
        },
      ],
    });
  });

  it('reads Atom', () => {
    const text = `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://atom.example/site/">
        <title type="html">Chain &amp;amp; Block</title>
        <link rel="self" href="feed"/><link href="/"/>
        <author><name>The Desk</name></author>
        <entry>
          <id>tag:atom.example,2026:1</id><title>1 &lt; 2</title>
          <link rel="enclosure" type="image/png" href="pic.png"/><link rel="alternate" href="one.html"/>
          <published>2026-01-05T09:30:00Z</published><updated>2026-01-06T09:30:00Z</updated>
          <category term="deep" label="In depth"/>
          <summary>Short</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long</p></div></content>
        </entry>
      </feed>`;
    expect(parse(text)).toEqual({
      format: 'atom',
      title: 'Chain & Block',
      link: 'https://atom.example/',
      items: [
        {
          id: 'tag:atom.example,2026:1',
          title: '1 < 2',
          link: 'https://atom.example/site/one.html',
          published: '2026-01-05T09:30:00Z',
          updated: '2026-01-06T09:30:00Z',
          author: 'The Desk',
          categories: ['In depth'],
          summary: 'Short',
          html: '<p>Long</p>',
          image: 'https://atom.example/site/pic.png',
        },
      ],
    });
  });

  it.each(['https://jsonfeed.org/version/1', 'https://jsonfeed.org/version/1.1', '1.1'])(
    'reads JSON Feed %s',
    (version) => {
      const feed = {
        version,
        title: 'Chain & Block',
        home_page_url: 'https://json.example/',
        authors: [{ name: 'The Desk' }],
        items: [
          null,
          {
            id: 7,
            url: '/seven',
            title: 'Tags like <b> & friends',
            content_text: 'a < b\nc\n\nd',
            summary: 'Short',
            date_published: '2026-01-05T09:30:00+01:00',
            date_modified: '2026-01-06T09:30:00+01:00',
            tags: ['Markets'],
            image: 'seven.webp',
          },
        ],
      };
      expect(parse(JSON.stringify(feed))).toEqual({
        format: 'json',
        title: 'Chain & Block',
        link: 'https://json.example/',
        items: [
          {
            id: '7',
            title: 'Tags like <b> & friends',
            link: 'https://news.example/seven',
            published: '2026-01-05T08:30:00Z',
            updated: '2026-01-06T08:30:00Z',
            author: 'The Desk',
            categories: ['Markets'],
            summary: 'Short',
            html: '<p>a &lt; b<br>c</p>\n<p>d</p>',
            image: 'https://news.example/blog/seven.webp',
          },
        ],
      });
    },
  );

  it('reads RDF (RSS 1.0)', () => {
    const text = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"${NAMESPACES}>
        <channel rdf:about="https://rdf.example/"><title>Chain</title><link>https://rdf.example/</link></channel>
        <item rdf:about="https://rdf.example/1"><title>One</title><link>https://rdf.example/1</link>
          <dc:date>2026-01-05T09:30:00Z</dc:date><dc:subject>Markets</dc:subject><dc:creator>Ada</dc:creator></item>
        <item rdf:about="https://rdf.example/2"><title>Two</title></item>
      </rdf:RDF>`;
    const feed = parse(text);
    expect(feed).toMatchObject({ format: 'rdf', title: 'Chain', link: 'https://rdf.example/' });
    expect(feed.items).toMatchObject([
      {
        id: 'https://rdf.example/1',
        published: '2026-01-05T09:30:00Z',
        author: 'Ada',
        categories: ['Markets'],
      },
      { id: 'https://rdf.example/2', link: 'https://rdf.example/2', title: 'Two', published: null },
    ]);
  });
});

describe('one item', () => {
  it.each([
    ['Fish &amp; chips', 'Fish & chips'],
    ['Fish &amp;amp; chips', 'Fish & chips'],
    ['<![CDATA[Don&#8217;t <em>panic</em> &amp; run]]>', 'Don’t panic & run'],
    ['&amp;lt;script&amp;gt; explained', '<script> explained'],
    ['<![CDATA[a < b, c<d]]>', 'a < b, c<d'],
    ['<![CDATA[Go<script>alert(1)</script>od\n  news]]>', 'Good news'],
    ['a&#0;b', 'a\ufffdb'],
  ])('title %s is read as %j', (title, plain) => {
    expect(only(rss(`<item><title>${title}</title></item>`)).title).toBe(plain);
  });

  it.each([
    ['<link>/fees</link>', 'https://news.example/fees'],
    ['<link>\n  fees?a=1&amp;b=2 </link>', 'https://news.example/blog/fees?a=1&b=2'],
    ['<link>//cdn.example/fees</link>', 'https://cdn.example/fees'],
    ['<link>javascript:alert(1)</link>', null],
    ['<link>file:///etc/passwd</link>', null],
    ['<link>data:text/html,hi</link>', null],
    ['<link>http://</link>', null],
    ['<guid>https://news.example/g</guid>', 'https://news.example/g'],
    ['<guid isPermaLink="false">https://news.example/g</guid>', null],
    ['<atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="/a"/>', 'https://news.example/a'],
  ])('%s leads to %s', (link, address) => {
    expect(only(rss(`<item><title>x</title>${link}</item>`)).link).toBe(address);
  });

  it('resolves links against xml:base', () => {
    expect(
      only(rss('<item xml:base="b/"><link>c</link></item>', ' xml:base="https://base.example/a/"')).link,
    ).toBe('https://base.example/a/b/c');
  });

  it.each([
    ['<author>ada@news.example (Ada Byron)</author>', 'Ada Byron'],
    ['<author>Ada &lt;ada@news.example&gt;</author>', 'Ada'],
    ['<author>ada@news.example</author>', 'ada@news.example'],
    [
      '<author>ada@news.example</author><dc:creator>Ada</dc:creator><dc:creator>Charles</dc:creator>',
      'Ada, Charles',
    ],
    ['<itunes:author>Ada</itunes:author>', 'Ada'],
    ['', null],
  ])('%s is by %s', (xml, author) => {
    expect(only(rss(`<item><title>x</title>${xml}</item>`, NAMESPACES)).author).toBe(author);
  });

  it.each([
    [
      '<media:content url="s.jpg" width="90" medium="image"/><media:content url="l.jpg" width="900" medium="image"/>',
      'l.jpg',
    ],
    [
      '<media:content url="film.mp4" type="video/mp4"><media:thumbnail url="still.jpg"/></media:content>',
      'still.jpg',
    ],
    ['<media:group><media:content url="in-group.png"/></media:group>', 'in-group.png'],
    ['<media:thumbnail url="t.jpg"/><enclosure url="e.jpg" type="image/jpeg"/>', 't.jpg'],
    ['<enclosure url="talk.mp3" type="audio/mpeg"/><itunes:image href="cover.jpg"/>', 'cover.jpg'],
    ['<enclosure url="data:image/png;base64,AAAA" type="image/png"/>', null],
    ['<description>&lt;img src="inside.jpg"&gt;</description>', null],
  ])('the image of %s is %s', (xml, image) => {
    const expected = image === null ? null : `https://news.example/blog/${image}`;
    expect(only(rss(`<item><title>x</title>${xml}</item>`, NAMESPACES)).image).toBe(expected);
  });

  it('takes the first date that can be read, or none', () => {
    const dates = '<pubDate>yesterday</pubDate><dc:date>2026-01-05</dc:date>';
    expect(only(rss(`<item><title>x</title>${dates}</item>`, NAMESPACES)).published).toBe(
      '2026-01-05T00:00:00Z',
    );
    expect(only(rss('<item><title>x</title><pubDate>soon</pubDate></item>')).published).toBeNull();
  });
});

describe('what feeds do wrong', () => {
  it.each([
    ['blanks and a byte order mark in front', `\ufeff\n\n  ${rss('<item><title>One</title></item>')}`],
    ['a PHP warning in front', `<br /><b>Warning</b>: oops\n${rss('<item><title>One</title></item>')}`],
    [
      'a prolog that is none',
      `<?xml?xml version="1.0"??>${rss('<item><title>One</title></item>').slice(21)}`,
    ],
    ['undeclared namespaces', rss('<item><title>One</title><media:x foo:bar="1"/><zzz:y/></item>')],
    [
      'rss: before every name',
      '<rss version=2.0><rss:channel><rss:item><rss:title>One</rss:title></rss:item></rss:channel></rss>',
    ],
    ['an end cut off', rss('<item><title>One</title></item>').slice(0, -12)],
    ['bare ampersands', rss('<item><title>One</title><link>https://a.example/?b=1&c=2</link></item>')],
    [
      'another format’s words inside',
      rss('<item><title>One</title><description><![CDATA[ <feed> <rdf> ]]></description></item>'),
    ],
  ])('%s', (_, text) => expect(parse(text).items).toMatchObject([{ title: 'One' }]));

  it.each([
    ['an open title', '<item><title>Bad</item>'],
    ['an open item', '<item><title>Bad</title><description>'],
    ['an open comment tag', '<item><title>Bad</title><a b="></item>'],
    ['too deep nesting', `<item>${'<a>'.repeat(200)}</item>`],
  ])('%s costs none of the other items', (_, bad) => {
    const good = (n: number) => `<item><title>Good ${n}</title></item>`;
    const titles = parse(rss(`${good(1)}${good(2)}${bad}${good(3)}${good(4)}`)).items.map(
      (item) => item.title,
    );
    expect(titles.filter((title) => title.startsWith('Good'))).toEqual([
      'Good 1',
      'Good 2',
      'Good 3',
      'Good 4',
    ]);
  });

  it('keeps title and namespaces when it reads the items one by one', () => {
    const item =
      '<item><title>One</title><c:encoded xmlns:d="urn:d">Text</c:encoded></item><item><title>Bad</item>';
    const feed = parse(rss(item, ' xmlns:c="http://purl.org/rss/1.0/modules/content/"'));
    expect(feed).toMatchObject({ title: 'News', items: [{ title: 'One', html: 'Text' }] });
  });

  it('reads no more than 2,000 items', () => {
    const items = Array.from({ length: 2_100 }, (_, n) => `<item><title>${n}</title></item>`).join('');
    expect(parse(rss(items)).items).toHaveLength(2_000);
    const list = Array.from({ length: 2_100 }, (_, id) => ({ id }));
    expect(parse(JSON.stringify({ title: 'x', items: list })).items).toHaveLength(2_000);
  });

  it('is a feed without items when nothing has been published yet', () => {
    expect(parse(rss(''))).toEqual({ format: 'rss', title: 'News', link: null, items: [] });
  });

  it('reads no person’s name that would keep the parser busy for hours', () => {
    const brackets = '('.repeat(2_000_000);
    const named = rss(`<item><title>x</title><author>${brackets}</author></item>`);
    const hidden = rss(`<item><author a="<">${brackets}</zzz></item><item><title>x</title></item>`);
    expect(only(named).title).toBe('x');
    expect(only(hidden).title).toBe('x');
  });
});

describe('what is no feed', () => {
  it.each([
    ['', 'it is empty'],
    ['  \n ', 'it is empty'],
    ['<!doctype html><html><head><link rel="alternate" href="/rss"></head></html>', 'it is an HTML page'],
    ['<html><body><feed><entry><title>x</title></entry></feed></body></html>', 'it is an HTML page'],
    ['{"error":"not found"}', 'it is JSON, but not a JSON Feed'],
    ['{"items": [', 'it is JSON, but not a JSON Feed'],
    ['[1, 2]', 'it is JSON, but not a JSON Feed'],
    ['<opml version="2.0"><body/></opml>', 'it is a list of feeds (OPML)'],
    ['<?xml version="1.0"?><note><to>you</to></note>', 'its first element is <note>'],
    ['Service unavailable', 'it is neither XML nor JSON'],
    ['\u0089PNG\r\n', 'it is neither XML nor JSON'],
    [rss('<item><title>Bad</item>'), 'its XML is broken'],
  ])('%j: %s', (text, why) => {
    expect(refusal(text)).toMatch(/^https:\/\/news\.example\/blog\/feed\.xml is not a feed: it/);
    expect(refusal(text)).toContain(why);
  });

  it('never shows the credentials of an address', () => {
    const read = () => parseFeed(Buffer.from('no'), { url: 'https://ada:secret@news.example/feed' });
    expect(read).toThrow('https://news.example/feed is not a feed');
  });

  it('refuses markup without end instead of reading it for minutes', () => {
    expect(refusal(rss('<a/>'.repeat(400_000)))).toContain('more markup than any feed needs');
    expect(refusal(`<rss version="2.0" ${'a="1" '.repeat(400_000)}>`)).toContain(
      'more markup than any feed needs',
    );
  });
});
