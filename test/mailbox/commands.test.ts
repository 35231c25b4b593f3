import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { registerMailboxCommands } from '../../src/cli/mailbox.ts';
import { readConfig } from '../../src/ground/config.ts';
import { silentLog } from '../../src/ground/log.ts';
import { createMailboxStore } from '../../src/mailbox/store.ts';
import { makePlace } from '../support/backends.ts';

const MAIL = [
  'From: News <news@example.com>',
  'To: ada@example.org',
  'Subject: This week',
  'Content-Type: multipart/alternative; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Hello \u001b[31mAda\u0007',
  '--b',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Hello Ada</p>',
  '--b--',
  '',
].join('\r\n');

/** A data directory, a mailbox in it, and the commands as a person calls them: `run` gives what they print. */
async function openMailbox() {
  const place = await makePlace('embedded');
  onTestFinished(() => place.remove());
  const config = readConfig(place.env);
  const mailbox = createMailboxStore(join(config.DATA_DIR, 'mailbox'));
  const run = async (...argv: string[]) => {
    const printed: string[] = [];
    const program = new Command().exitOverride();
    registerMailboxCommands(program, {
      io: { out: (text) => void printed.push(text), err: () => {}, cwd: '/', terminal: false },
      exit: () => {},
      async withApp(work) {
        const app = await openApp(config, silentLog());
        return work(app).finally(() => app.closers.close());
      },
    });
    await program.parseAsync(['mailbox', ...argv], { from: 'user' });
    return printed.join('');
  };
  const add = (source = MAIL) => {
    async function* content() {
      yield Buffer.from(source);
    }
    return mailbox.add({ from: '', to: ['ada@example.org'] }, content());
  };
  return { run, add, mailbox };
}

describe('the mailbox commands', () => {
  test('list mails newest first, so many as asked for, and say how many more there are', async () => {
    const { run, add } = await openMailbox();
    expect(await run('list')).toBe('The mailbox is empty.\n');
    const first = await add();
    const second = await add();
    const lines = (await run('list', '--limit', '1')).split('\n');
    expect(lines[0]).toMatch(new RegExp(`^${second}  \\d{4}-.*Z  ada@example.org  This week$`));
    expect(lines[1]).toBe('1 more.');
    const { total, mails } = JSON.parse(await run('list', '--json'));
    expect([total, mails.map((mail: { id: string }) => mail.id)]).toEqual([2, [second, first]]);
    expect(Object.keys(mails[0])).toEqual(['id', 'from', 'to', 'subject', 'date', 'size']);
  });

  test('show a mail, or one part of it, with nothing that a terminal would obey', async () => {
    const { run, add, mailbox } = await openMailbox();
    const id = await add();
    expect(await run('show', id)).toBe(
      'From: "News" <news@example.com>\nTo: ada@example.org\nSubject: This week\n\nHello  [31mAda \n',
    );
    expect((await run('show', id, '--html')).trim()).toBe('<p>Hello Ada</p>');
    expect(await run('show', id, '--source')).toContain('Delivered-To: ada@example.org\n');
    expect(await run('show', id, '--source')).not.toContain('\u001b');
    const source = (await mailbox.read(id))?.toString();
    expect(JSON.parse(await run('show', id, '--source', '--json'))).toEqual({ id, source });
    expect(JSON.parse(await run('show', id, '--json'))).toMatchObject({
      id,
      subject: 'This week',
      html: expect.stringContaining('<p>Hello Ada</p>'),
    });
  });

  test('say what was wrong with what they were given', async () => {
    const { run, add } = await openMailbox();
    const id = await add('Subject: plain\r\n\r\nHi\r\n');
    await expect(run('show', '../secret')).rejects.toThrow('There is no mail "../secret".');
    await expect(run('show', id, '--html')).rejects.toThrow(`The mail ${id} has no HTML part.`);
    await expect(run('show', id, '--text', '--source')).rejects.toThrow('Name one of');
    for (const limit of ['0', '-1', '1e3', '1001', 'x'])
      await expect(run('list', `--limit=${limit}`)).rejects.toThrow(
        '--limit must be a whole number from 1 to 1000',
      );
  });

  test('clear the mailbox and say how many mails that were', async () => {
    const { run, add } = await openMailbox();
    await add();
    await add();
    expect(await run('clear', '--json')).toBe('{"removed":2}\n');
    expect(await run('clear')).toBe('Removed 0 mails.\n');
  });
});
