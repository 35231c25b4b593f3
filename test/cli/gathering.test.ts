import { Command } from 'commander';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { openApp } from '../../src/app.ts';
import { registerArticleCommands } from '../../src/cli/article.ts';
import { registerCollectCommands } from '../../src/cli/collect.ts';
import type { Context } from '../../src/cli/context.ts';
import { registerSourceCommands } from '../../src/cli/source.ts';
import { fixedClock } from '../../src/ground/clock.ts';
import { readConfig } from '../../src/ground/config.ts';
import { silentLog } from '../../src/ground/log.ts';
import { makeNewsletter } from '../articles/gathering.ts';
import { makePlace } from '../support/backends.ts';
import { startFeedServer } from '../support/feed-server.ts';

const NOW = '2026-11-23T09:00:00Z';
const RSS = `<?xml version="1.0"?><rss version="2.0"><channel><title>Chain News</title>
  <item><title>New</title><link>https://chain.example/new</link><pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate></item>
  <item><title>Old</title><link>https://chain.example/old</link><pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate></item>
</channel></rss>`;

function contextOf(app: App, said: { out: string; code: number }): Context {
  const out = (text: string) => {
    said.out += text;
  };
  return {
    io: { out, err: out, cwd: '/', terminal: false },
    withApp: (work) => work(app),
    exit: (code) => {
      said.code = code;
    },
  };
}

async function place(env: Record<string, string> = { ALLOW_PRIVATE_FEEDS: 'true' }) {
  const { env: own, remove } = await makePlace('embedded');
  const app = await openApp(readConfig({ ...own, ...env }), silentLog(), { clock: fixedClock(NOW) });
  const server = await startFeedServer();
  onTestFinished(async () => {
    await server.close();
    await app.closers.close();
    await remove();
  });
  await makeNewsletter(app.db, 'weekly');
  const run = async (...argv: string[]) => {
    const said = { out: '', code: 0 };
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    for (const register of [registerSourceCommands, registerCollectCommands, registerArticleCommands])
      register(program, contextOf(app, said));
    await program.parseAsync(argv, { from: 'user' });
    return said;
  };
  const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).out);
  return { server, run, json, feed: `${server.origin}/feed` };
}

describe('from an address to a list of articles, by commands', () => {
  test('check, add, list, collect, article list, remove', async () => {
    const { server, run, json, feed } = await place();
    server.on('/feed', { body: RSS, headers: { etag: '"1"' } });
    const weekly = ['--newsletter', 'weekly'];
    expect(await json('source', 'check', feed)).toEqual({
      url: feed,
      format: 'rss',
      title: 'Chain News',
      items: 2,
      newest: '2026-11-21T10:00:00Z',
    });
    expect((await json('source', 'list')).sources).toEqual([]);
    expect(await json('source', 'add', feed, ...weekly, '--section', 'in-depth')).toMatchObject({
      added: true,
    });
    expect(await json('source', 'add', feed, ...weekly)).toMatchObject({ added: false, section: 'in-depth' });
    expect(await json('collect', ...weekly)).toEqual({
      sources: [{ url: feed, status: 'fetched', added: 2, updated: 0, unchanged: 0, error: null }],
    });
    expect((await run('collect')).out).toMatch(/0 new, 0 changed, 2 as before|nothing new/);
    expect((await json('source', 'list', ...weekly)).sources).toMatchObject([
      { url: feed, newsletter: 'weekly', title: 'Chain News', state: 'active', error: null },
    ]);
    const listed = await json('article', 'list', ...weekly);
    expect(listed).toMatchObject({ from: '2026-11-16T09:00:00Z', to: '2026-11-23T09:00:00Z' });
    expect(listed.articles).toMatchObject([
      { title: 'New', url: 'https://chain.example/new', section: 'in-depth' },
    ]);
    const early = await json(
      'article',
      'list',
      ...weekly,
      '--from',
      '2026-11-01',
      '--to',
      '2026-11-02T00:00:00Z',
    );
    expect(early.articles).toMatchObject([{ title: 'Old' }]);
    expect((await run('article', 'list', ...weekly)).out).toMatch(/2026-11-21T10:00:00Z {2}New/);
    expect(await json('source', 'remove', feed)).toMatchObject({ url: feed, state: 'removed' });
    expect((await run('source', 'list')).out).toBe('There are no sources yet.\n');
    expect((await run('collect')).out).toMatch(/no sources yet/);
  });

  test('collect ends with 1 only when every source failed', async () => {
    const { server, run, feed } = await place();
    await run('source', 'add', feed, '--newsletter', 'weekly');
    const failed = await run('collect');
    expect(failed).toMatchObject({ code: 1, out: expect.stringMatching(/failed: .*404/) });
    expect((await run('source', 'list')).out).toMatch(/failed 1 time\(s\): .*404/);
    server.on('/good', { body: RSS });
    await run('source', 'add', `${server.origin}/good`, '--newsletter', 'weekly');
    expect(await run('collect')).toMatchObject({ code: 0, out: expect.stringMatching(/1 of which failed/) });
  });

  test('a private address is not fetched unless the settings allow it', async () => {
    const { server, run, feed } = await place({});
    server.on('/feed', { body: RSS });
    await expect(run('source', 'check', feed)).rejects.toThrow(/private/);
    await run('source', 'add', feed, '--newsletter', 'weekly');
    expect(await run('collect')).toMatchObject({ code: 1, out: expect.stringMatching(/private/) });
    expect(server.requests).toEqual([]);
  });

  test('what is wrong is said in a sentence that helps', async () => {
    const { server, run, feed } = await place();
    server.on('/feed', { body: '<html><body>Hello</body></html>' });
    const sentences: [string[], RegExp][] = [
      [['source', 'add', feed, '--newsletter', 'weakly'], /no newsletter "weakly".*Known: weekly/],
      [
        ['source', 'add', feed, '--newsletter', 'weekly', '--section', 'sports'],
        /no section "sports".*Known: latest-updates, in-depth/,
      ],
      [['source', 'add', 'file:///etc/passwd', '--newsletter', 'weekly'], /http:\/\/ or https:\/\//],
      [['source', 'check', feed], /not a feed: it is an HTML page/],
      [['source', 'remove', feed], /No source has the address/],
      [['collect', '--newsletter', 'weakly'], /no newsletter "weakly"/],
      [
        ['article', 'list', '--newsletter', 'weekly', '--from', 'yesterday'],
        /--from "yesterday" is no moment/,
      ],
      [['article', 'list', '--newsletter', 'weekly', '--from', '2027-01-01'], /lies after/],
    ];
    for (const [argv, why] of sentences) await expect(run(...argv), argv.join(' ')).rejects.toThrow(why);
  });
});
