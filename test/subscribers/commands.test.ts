import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands, makeNewsletter } from '../newsletters/helpers.ts';
import { engines } from '../support/backends.ts';
import { folder } from './helpers.ts';

const ON = ['--newsletter', 'weekly'];

describe.each(engines())('subscriber commands on %s', (backend) => {
  test('add, show, list, unsubscribe and erase', async () => {
    const { app, run } = await commands(backend, folder());
    await makeNewsletter(app.db);
    const add = (email: string, ...more: string[]) =>
      run('subscriber', 'add', email, ...ON, '--consent', 'confirmed', '--json', ...more);
    const added = await add(
      'ann@example.com',
      '--name',
      'Ann',
      '--timezone',
      'Europe/Madrid',
      '--topics',
      'a,b',
    );
    expect(JSON.parse(added.out)).toEqual({ email: 'ann@example.com', outcome: 'added' });
    await add('bob@example.com');
    expect(JSON.parse((await run('subscriber', 'show', 'Ann@example.com', '--json')).out)).toMatchObject({
      name: 'Ann',
      timeZone: 'Europe/Madrid',
      subscriptions: [{ newsletter: 'weekly', state: 'active', topics: ['a', 'b'] }],
    });
    const first = JSON.parse((await run('subscriber', 'list', ...ON, '--limit', '1', '--json')).out);
    const second = JSON.parse((await run('subscriber', 'list', ...ON, '--after', first.next, '--json')).out);
    expect(second).toMatchObject({ subscribers: [{ email: 'bob@example.com' }], next: null });
    expect(await run('subscriber', 'unsubscribe', 'bob@example.com', ...ON)).toMatchObject({
      code: 0,
      out: 'bob@example.com no longer gets "weekly".\n',
    });
    expect((await run('subscriber', 'list', ...ON, '--state', 'unsubscribed')).out).toBe(
      'bob@example.com  unsubscribed\n',
    );
    expect(await run('subscriber', 'erase', 'ann@example.com')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes'),
    });
    expect((await run('subscriber', 'show', 'ann@example.com')).code).toBe(0);
    expect((await run('subscriber', 'erase', 'ann@example.com', '--yes')).code).toBe(0);
    expect(await run('subscriber', 'show', 'ann@example.com')).toMatchObject({ code: 2 });
    expect(await add('ann@example.com')).toMatchObject({
      code: 1,
      out: expect.stringContaining('suppressed'),
    });
  });

  test('import and export, with paths from where the person is', async () => {
    const cwd = folder();
    const { app, run } = await commands(backend, cwd);
    await makeNewsletter(app.db);
    writeFileSync(join(cwd, 'list.csv'), 'email,name\nann@example.com,=Ann\nnonsense,\n');
    const imported = await run('subscriber', 'import', 'list.csv', ...ON, '--consent', 'confirmed', '--json');
    expect(imported).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(imported.out)).toEqual({
      read: 2,
      added: 1,
      updated: 0,
      unchanged: 0,
      suppressed: 0,
      invalid: 1,
      rejects: join(cwd, 'list.rejects.csv'),
      warnings: [],
    });
    const exported = await run('subscriber', 'export', ...ON, '--out', 'out.csv', '--json');
    expect(JSON.parse(exported.out)).toEqual({ exported: 1, file: join(cwd, 'out.csv') });
    const printed = await run('subscriber', 'export', ...ON);
    expect(printed.out).toBe(readFileSync(join(cwd, 'out.csv'), 'utf8'));
    expect(printed.out).toContain("ann@example.com,'=Ann,active");
  });

  test('wrong use is refused with a sentence, and changes nothing', async () => {
    const cwd = folder();
    const { app, run } = await commands(backend, cwd);
    await makeNewsletter(app.db);
    writeFileSync(join(cwd, 'list.csv'), 'email\nann@example.com\n');
    const cases: [string[], string][] = [
      [['import', 'list.csv', ...ON], '--consent confirmed'],
      [['import', 'list.csv', ...ON, '--consent', 'ask'], '--consent confirmed'],
      [['import', 'other.csv', ...ON, '--consent', 'confirmed'], 'other.csv does not exist'],
      [
        ['import', 'list.csv', '--newsletter', 'x', '--consent', 'confirmed'],
        'There is no newsletter "x". Known: weekly',
      ],
      [['add', 'ann@example.com', ...ON], '--consent'],
      [['add', 'ann', ...ON, '--consent', 'confirmed'], '"ann" is not an address'],
      [['list', ...ON, '--state', 'gone'], '--state must be'],
      [['list', ...ON, '--limit', '0'], '--limit must be'],
      [['list', ...ON, '--after', 'x'], '--after must be'],
      [['export', ...ON, '--json'], '--out'],
      [['unsubscribe', 'ann@example.com', ...ON], 'is not on the list'],
      [['erase', 'ann@example.com', '--yes'], 'There is no subscriber'],
    ];
    for (const [words, sentence] of cases)
      expect(await run('subscriber', ...words)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringContaining(sentence),
      });
    expect((await run('subscriber', 'list', ...ON)).out).toBe('Nobody.\n');
  });
});
