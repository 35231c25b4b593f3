import { readdirSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { collectNewsletter } from '../../src/articles/collect.ts';
import { composeEdition } from '../../src/editions/compose.ts';
import { createEdition } from '../../src/editions/create.ts';
import { createFetcher } from '../../src/feeds/fetch.ts';
import { readConfig } from '../../src/ground/config.ts';
import { silentLog } from '../../src/ground/log.ts';
import { collectDeps } from '../../src/jobs.ts';
import { broadsheet } from '../cli/frame/program.ts';
import { backends } from '../support/backends.ts';
import { embeddedEnv, run, runInside, type Said } from '../support/commands.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { startPostgres } from '../support/servers.ts';
import { addBrokenTemplate } from '../support/templates.ts';
import { makeWorld, readers, recipients, SOON, type World } from '../support/world.ts';

const SECRET_KEY = 'a secret of thirty-two letters or more';
/** Nobody listens there: the port is reserved. */
const NOWHERE = '127.0.0.1:1';

/** A refusal: nothing on stdout, one line on stderr that says this, and the exit code. */
function expectRefusal(said: Said, code: 1 | 2, sentence: string | RegExp): void {
  expect(said).toEqual({ code, out: '', err: expect.stringMatching(/^[^\n]+[^\n.]\.?\n$/) });
  expect(said.err.trimEnd()).toMatch(sentence);
}

const ended = (end: { code: number | null; stdout: string; stderr: string }): Said => ({
  code: end.code,
  out: end.stdout,
  err: end.stderr,
});

/** A reply without end, or until the reader has had enough. */
function endless(_request: unknown, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/rss+xml' });
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(1 << 20, 'a')));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

const articlesOf = async ({ app }: World) =>
  (await app.db.selectFrom('articles').select('title').orderBy('title').execute()).map((row) => row.title);

const sourceOf = (world: World) =>
  world.app.db.selectFrom('sources').select(['failures', 'last_error']).executeTakeFirstOrThrow();

/** An edition that is composed, and not approved. */
async function draft(world: World) {
  await world.collect();
  const { app, newsletter } = world;
  const id = await createEdition(app.db, newsletter, { kind: 'manual', from: null, to: app.clock.now() });
  if (id === null) throw new Error('no edition was made');
  await composeEdition(app.db, id);
  return id;
}

describe('a feed that is none', () => {
  test.each([
    [
      'an HTML page',
      { body: '<!doctype html><html><p>News</p></html>' },
      2,
      /is not a feed: it is an HTML page\. Give/,
    ],
    ['empty', { body: '' }, 1, /answers with nothing at all\./],
    ['enormous', endless, 1, /is larger than 10 MB, and was not read\.$/],
    [
      'redirecting for ever',
      { status: 302, headers: { location: '/bad' } },
      1,
      /redirects more than 5 times\. Check/,
    ],
    [
      'broken in its middle',
      { body: '<?xml version="1.0"?><rss><channel><item><title>A' },
      2,
      /is not a feed: its XML is broken, and no item could be read\./,
    ],
  ] as const)(
    '%s: refused with a sentence, and what it gave before is kept',
    async (_, reply, code, sentence) => {
      const world = await makeWorld('embedded');
      await world.collect();
      const before = await articlesOf(world);
      expect(before).toHaveLength(4);
      world.feed.on('/bad', reply);
      expectRefusal(
        await runInside(world.app, 'source', 'check', `${world.feed.origin}/bad`),
        code,
        sentence,
      );
      world.feed.on(
        '/feed.xml',
        typeof reply === 'function' ? reply : { ...reply, headers: { location: '/feed.xml' } },
      );
      const collected = await runInside(world.app, 'collect', '--json');
      expect(collected).toMatchObject({ code: 1, err: '' });
      const error = expect.stringContaining(`${world.feed.origin}/feed.xml `);
      expect(JSON.parse(collected.out).sources).toMatchObject([{ status: 'failed', added: 0, error }]);
      expect(await sourceOf(world)).toEqual({ failures: 1, last_error: error });
      expect(await articlesOf(world)).toEqual(before);
    },
  );

  test('slow: given up, told and recorded', async () => {
    const world = await makeWorld('embedded');
    world.feed.on('/feed.xml', (_, response) => void response.writeHead(200).write('<rss>'));
    const fetcher = createFetcher({ allowPrivate: () => true, timeoutMs: 300 });
    onTestFinished(() => fetcher.close());
    const deps = { ...collectDeps(world.app), fetcher };
    const { sources } = await collectNewsletter(deps, world.newsletter.id);
    expect(sources).toMatchObject([
      {
        status: 'failed',
        error: expect.stringMatching(/did not send everything within 0\.3 s\. It will be tried again\.$/),
      },
    ]);
    expect(await sourceOf(world)).toMatchObject({ failures: 1, last_error: sources[0]?.error });
  });

  test('in a private network: not even asked', async () => {
    const world = await makeWorld('embedded', { env: { ALLOW_PRIVATE_FEEDS: 'false' } });
    expectRefusal(
      await runInside(world.app, 'source', 'check', `${world.feed.origin}/feed.xml`),
      1,
      /leads into a private network and was not fetched\. If that is meant, set ALLOW_PRIVATE_FEEDS=true\.$/,
    );
    expect(world.feed.requests).toEqual([]);
  });
});

describe('what a person types', () => {
  test('names, times and settings of newsletters and editions', async () => {
    const world = await makeWorld('embedded');
    const { app } = world;
    const refused: readonly (readonly [string, RegExp])[] = [
      ['edition compose nope', /^There is no newsletter "nope"\. Known: weekly\./],
      ['collect --newsletter nope', /^There is no newsletter "nope"\./],
      [
        'source add ftp://x/y --newsletter weekly',
        /does not start with http:\/\/ or https:\/\/\. Nothing was changed\.$/,
      ],
      ['newsletter set weekly --timezone Mars/X', /^"Mars\/X" is not a time zone .*Nothing was saved\.$/],
      ['newsletter set weekly --template nope', /^There is no template "nope".*Nothing was saved\.$/],
      [
        'newsletter set weekly --schedule monday',
        /^The schedule "monday" does not have five fields.*Nothing was saved\.$/,
      ],
      ['edition show nonsense', /^"nonsense" names no edition: give its id/],
      ['edition send weekly#', /^"weekly#" names no edition: give its id/],
      ['edition send weekly#99', /^There is no edition weekly#99\. See: npx broadsheet edition list$/],
      ['edition compose weekly --from yesterday', /^--from "yesterday" is no moment in time\. Write it like/],
      ['delivery decide 1 maybe', /^"maybe" is no decision: say sent or resend\. Nothing was changed\.$/],
      ['delivery decide x sent', /^"x" is no delivery's id/],
      ['delivery decide 1 sent', /^There is no delivery 1\./],
      ['delivery list --edition weekly#1 --state lost', /^There is no state "lost"\. Known: queued,/],
    ];
    for (const [line, sentence] of refused)
      expectRefusal(await runInside(app, ...line.split(' ')), 2, sentence);
    expectRefusal(
      await runInside(app, 'newsletter', 'set', 'weekly', '--schedule', '61 9 * * 1'),
      2,
      /^The minute field of the schedule has "61", which is not a number from 0 to 59: .*Nothing was saved\.$/,
    );
    expect(await app.db.selectFrom('editions').select('id').execute()).toEqual([]);
    expect(
      await app.db.selectFrom('newsletters').select(['schedule', 'time_zone', 'version']).execute(),
    ).toEqual([{ schedule: null, time_zone: 'UTC', version: 1 }]);
  });

  test('several wrong things at once are all told', async () => {
    const { app } = await makeWorld('embedded');
    const words = ['--schedule', '* *', '--timezone', 'Mars/X', '--review', 'perhaps'];
    const said = await runInside(app, 'newsletter', 'set', 'weekly', ...words);
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err.split('\n')).toEqual([
      'Nothing was saved:',
      expect.stringContaining('"* *"'),
      expect.stringContaining('"Mars/X"'),
      expect.stringContaining('"perhaps"'),
      '',
    ]);
  });

  test('lists that are nonsense import nobody', async () => {
    const world = await makeWorld('embedded');
    const folder = world.env.DATA_DIR ?? '';
    const files: Readonly<Record<string, readonly [string, RegExp]>> = {
      'binary.csv': [
        'PK\u0003\u0004\u0000\u0001',
        /^\S*binary\.csv is not a text file\. Nothing was imported/,
      ],
      'no-address.csv': [
        'name,town\nAnn,Ayr\n',
        /^\S*no-address\.csv has no column for the address: .*Nothing was imported\.$/,
      ],
      'page.csv': [
        '<html><body>email</body></html>',
        /^\S*page\.csv is a web page or XML, not a CSV file\. Nothing was imported\.$/,
      ],
      'quote.csv': [
        `email,name\nann@example.com,Ann\nbob@example.com,"Bob\n${'eve@example.com,Eve\n'.repeat(6000)}`,
        /^\S*quote\.csv stops being CSV after line \d+: .*Nothing was imported: mend it and try again\.$/,
      ],
      'empty.csv': ['', /^\S*empty\.csv is empty\. Nothing was imported\.$/],
    };
    const words = ['--newsletter', 'weekly', '--consent', 'confirmed'];
    for (const [name, [text, sentence]] of Object.entries(files)) {
      writeFileSync(`${folder}/${name}`, text);
      expectRefusal(
        await runInside(world.app, 'subscriber', 'import', `${folder}/${name}`, ...words),
        2,
        sentence,
      );
    }
    expect(await world.app.db.selectFrom('subscribers').select('id').execute()).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.includes('rejects'))).toEqual([]);
  });

  test('a broken template: the edition stays a draft, and nobody is mailed', async () => {
    const template = addBrokenTemplate();
    const world = await makeWorld('embedded', { newsletter: { template } });
    await world.addReaders(2);
    const id = await draft(world);
    const sentence = new RegExp(`^Template ${template}/body\\.mjml, line \\d+.*: .*`);
    for (const verb of ['send', 'preview'])
      expectRefusal(await runInside(world.app, 'edition', verb, 'weekly#1'), 2, sentence);
    expect(await world.stateOf(id)).toBe('draft');
    expect(await world.app.db.selectFrom('template_versions').select('id').execute()).toEqual([]);
  });

  test('what the state of an edition or delivery does not allow', async () => {
    const world = await makeWorld('embedded');
    const { app } = world;
    await world.addReaders(3);
    const id = await draft(world);
    for (const verb of ['pause', 'resume', 'retry'])
      expectRefusal(
        await runInside(app, 'edition', verb, 'weekly#1'),
        1,
        /^weekly#1 is a draft\. It cannot be .*\. Nothing was changed\. Send it with: npx broadsheet edition send weekly#1$/,
      );
    // Sending twice is no error, and mails nobody twice.
    for (const _ of [1, 2])
      expect(await runInside(app, 'edition', 'send', 'weekly#1')).toMatchObject({ code: 0, err: '' });
    await world.deliver();
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(await runInside(app, 'edition', 'send', 'weekly#1')).toMatchObject({ code: 0, err: '' });
    expect(await world.stateOf(id)).toBe('sent');
    for (const verb of ['pause', 'resume', 'cancel'])
      expectRefusal(
        await runInside(app, 'edition', verb, 'weekly#1'),
        1,
        /^weekly#1 is sent\. It cannot be .*\. Nothing was changed\. See what came of it: npx broadsheet edition status weekly#1$/,
      );
    const { id: delivery } = await app.db
      .selectFrom('deliveries')
      .select('id')
      .limit(1)
      .executeTakeFirstOrThrow();
    for (const decision of ['sent', 'resend'])
      expectRefusal(
        await runInside(app, 'delivery', 'decide', delivery, decision),
        1,
        `Delivery ${delivery} is sent, not unsure. Nothing was changed.`,
      );
    expect(recipients(world.smtp)).toEqual(readers(3));
    expect(await world.audit(id)).toMatchObject({ whole: true, doubts: 0, counts: { sent: 3 } });
  });
});

describe('settings and services', () => {
  test('several settings that are wrong are all told, and nothing is started', async () => {
    const env = {
      PORT: 'http',
      DATABASE_URL: 'mysql://x',
      REDIS_URL: 'localhost',
      SECRET_KEY: 'short',
      QUEUE_AHEAD: '0',
    };
    const said = await run(['newsletter', 'list'], env);
    expect(said).toMatchObject({ code: 2, out: '' });
    const [first, ...rest] = said.err.trimEnd().split('\n');
    expect(first).toBe('Settings are wrong, nothing was started:');
    expect(rest.map((line) => /^ {2}- (\w+) must /.exec(line)?.[1]).sort()).toEqual(Object.keys(env).sort());
  });

  test('a secret file that is not there', async () => {
    const said = await run(['newsletter', 'list'], { SECRET_KEY_FILE: '/nowhere/secret' });
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toMatch(
      /^Settings are wrong, nothing was started:\n {2}- SECRET_KEY_FILE cannot be read: .*\/nowhere\/secret.*\n$/,
    );
  });

  test('a database that is not there', async () => {
    const env = await embeddedEnv({ DATABASE_URL: `postgres://${NOWHERE}/news`, SECRET_KEY });
    for (const command of [['newsletter', 'list'], ['migrate']])
      expectRefusal(
        await run(command, env),
        1,
        `The database at ${NOWHERE}/news cannot be used: connect ECONNREFUSED ${NOWHERE}. Nothing was changed. Start it, or correct DATABASE_URL, and try again.`,
      );
  });

  test('a Redis that is not there: nothing is started, and the directory is given up', async () => {
    const env = await embeddedEnv();
    const end = await broadsheet(['start'], { env: { ...env, REDIS_URL: `redis://${NOWHERE}` } });
    expectRefusal(
      ended(end),
      1,
      /^Redis at 127\.0\.0\.1:1 cannot be used: .*Nothing was lost.*correct REDIS_URL, and try again\.$/,
    );
    expect(await run(['newsletter', 'list', '--json'], env)).toEqual({ code: 0, out: '[]\n', err: '' });
  });

  test('a port in use: nothing is started, and the directory is given up', async () => {
    const env = await embeddedEnv();
    const other = await startFeedServer();
    onTestFinished(() => other.close());
    const end = await broadsheet(['start'], { env: { ...env, PORT: String(other.port) } });
    expectRefusal(
      ended(end),
      1,
      `Port ${other.port} on 127.0.0.1 is in use by another program. Nothing was started. Set PORT to a free one (PORT=0 picks one) and try again.`,
    );
    expect(await run(['newsletter', 'list', '--json'], env)).toEqual({ code: 0, out: '[]\n', err: '' });
  });
});

describe.each(backends().filter((backend) => backend === 'postgres'))('a database server, on %s', () => {
  test('with a password that is wrong, without migrations, and then with them', async () => {
    const server = await startPostgres('open sesame'.replace(' ', '-'));
    if (server === null) throw new Error('Postgres was here a moment ago');
    onTestFinished(() => server.stop());
    const env = await embeddedEnv({ DATABASE_URL: server.url, SECRET_KEY });
    const { host } = new URL(server.url);
    const wrong = { ...env, DATABASE_URL: server.url.replace('open-sesame', 'open-barley') };
    expectRefusal(
      await run(['newsletter', 'list'], wrong),
      1,
      `The database at ${host}/postgres cannot be used: it refuses the password. Nothing was changed. Start it, or correct DATABASE_URL, and try again.`,
    );
    for (const command of [['newsletter', 'list'], ['start']]) {
      const said = ended(await broadsheet(command, { env }));
      expectRefusal(
        said,
        1,
        /^The database lacks \d+ migration\(s\), first 0001_\S+\. Nothing was changed\. Run: npx broadsheet migrate$/,
      );
    }
    expect(await run(['migrate', '--json'], env)).toMatchObject({ code: 0, err: '' });
    expect(await run(['newsletter', 'list', '--json'], env)).toEqual({ code: 0, out: '[]\n', err: '' });
    // Opened as the program does, it is complete.
    const app = await openApp(readConfig(env), silentLog());
    await app.closers.close();
  });
});
