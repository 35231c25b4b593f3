import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { engines } from '../support/backends.ts';
import { commands } from './helpers.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'broadsheet-newsletters-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const ADD = [
  'newsletter',
  'add',
  '--slug',
  'weekly',
  '--name',
  'Weekly Dose',
  '--from',
  'Ann <news@example.com>',
];

describe.each(engines())('newsletter commands on %s', (backend) => {
  test('add, list, show, set and remove', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 's.json'), '[{"name":"all","title":"All","limit":9,"anyOf":[]}]');
    const { run } = await commands(backend, cwd);
    const flags = [
      '--schedule',
      '0 9 * * 1',
      '--timezone',
      'Europe/Madrid',
      '--review',
      'none',
      '--min-articles',
      '3',
    ];
    const added = await run(...ADD, ...flags, '--sections', 's.json', '--json');
    expect(JSON.parse(added.out)).toMatchObject({
      slug: 'weekly',
      fromName: 'Ann',
      schedule: '0 9 * * 1',
      timeZone: 'Europe/Madrid',
      review: 'none',
      minArticles: 3,
      sections: [{ name: 'all' }],
    });
    expect(JSON.parse((await run('newsletter', 'list', '--json')).out)).toHaveLength(1);
    const set = await run(
      'newsletter',
      'set',
      'weekly',
      '--schedule',
      'none',
      '--unsure',
      'resend',
      '--json',
    );
    expect(JSON.parse(set.out)).toMatchObject({
      schedule: null,
      unsurePolicy: 'resend',
      review: 'none',
      version: 2,
    });
    expect((await run('newsletter', 'show', '--slug', 'weekly')).out).toContain('by hand only');
    expect(await run('newsletter', 'remove', 'weekly')).toMatchObject({ code: 0 });
    expect(await run('newsletter', 'show', 'weekly')).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no newsletter "weekly"'),
    });
  });

  test('wrong input is refused with sentences', async () => {
    const cwd = folder();
    const { run } = await commands(backend, cwd);
    writeFileSync(join(cwd, 'broken.json'), '[{');
    const cases: [string[], string][] = [
      [[...ADD, '--schedule', 'weekly'], 'does not have five fields'],
      [[...ADD, '--timezone', 'Mars/X'], 'is not a time zone'],
      [[...ADD, '--template', '../../etc'], "is not a template's name"],
      [[...ADD, '--sections', 'missing.json'], 'missing.json cannot be read'],
      [[...ADD, '--sections', 'broken.json'], 'broken.json cannot be read'],
      [ADD.slice(0, 6), 'Say who it comes from'],
      [['newsletter', 'set', 'weekly'], 'Say what to change'],
      [['newsletter', 'show'], 'Say which newsletter'],
      [['newsletter', 'show', 'a', '--slug', 'b'], 'keep one'],
    ];
    for (const [words, sentence] of cases)
      expect(await run(...words)).toMatchObject({ code: 2, err: expect.stringContaining(sentence), out: '' });
    expect(JSON.parse((await run('newsletter', 'list', '--json')).out)).toEqual([]);
  });
});
