import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Problem } from '../../src/ground/errors.ts';
import { silentLog } from '../../src/ground/log.ts';
import { MAX_MAIL_BYTES, startMailboxServer } from '../../src/mailbox/server.ts';
import { createMailboxStore, type MailboxStore } from '../../src/mailbox/store.ts';

async function startMailbox(replace: (store: MailboxStore) => MailboxStore = (store) => store) {
  const dir = mkdtempSync(join(tmpdir(), 'broadsheet-mailbox-'));
  const store = createMailboxStore(dir);
  const server = await startMailboxServer({ store: replace(store), log: silentLog() });
  onTestFinished(async () => {
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return { store, port: server.port };
}

/** A conversation by hand: says a line, resolves with the whole reply. */
async function talk(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let buffer = '';
  let waiting: ((reply: string) => void) | null = null;
  const tell = () => {
    const reply = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(buffer)?.[0];
    if (reply === undefined || waiting === null) return;
    buffer = buffer.slice(reply.length);
    waiting(reply.trim());
    waiting = null;
  };
  socket.setEncoding('utf8').on('data', (text) => {
    buffer += text;
    tell();
  });
  const next = () =>
    new Promise<string>((resolve) => {
      waiting = resolve;
      tell();
    });
  await next();
  const say = (line: string) => {
    socket.write(`${line}\r\n`);
    return next();
  };
  return { socket, say, next };
}

describe('the mailbox server', () => {
  test('takes a mail for anybody and answers with its id when the file is written', async () => {
    const { store, port } = await startMailbox();
    const client = createTransport({ host: '127.0.0.1', port });
    const { response, accepted } = await client.sendMail({
      envelope: { from: 'bounce+7@example.com', to: ['ada@nowhere.test', 'bo@example.org'] },
      from: 'news@example.com',
      to: 'ada@nowhere.test',
      subject: 'This week',
      text: '.a line with a dot\n..and two',
    });
    const id = /^250 2\.0\.0 OK: queued as (\S+)$/.exec(response)?.[1] ?? '';
    expect(accepted).toEqual(['ada@nowhere.test', 'bo@example.org']);
    const source = (await store.read(id))?.toString() ?? '';
    expect(source).toMatch(/^Return-Path: <bounce\+7@example.com>\r\nDelivered-To: ada@nowhere.test\r\n/);
    expect(source).toContain('\r\n.a line with a dot\r\n..and two\r\n');
  });

  test('offers what a relay needs, and neither passwords nor TLS', async () => {
    const { port } = await startMailbox();
    const { say } = await talk(port);
    const offer = (await say('EHLO client.test')).split('\r\n').map((line) => line.slice(4));
    expect(offer).toEqual(
      expect.arrayContaining(['PIPELINING', '8BITMIME', 'SMTPUTF8', `SIZE ${MAX_MAIL_BYTES}`]),
    );
    expect(offer.join()).not.toMatch(/AUTH|STARTTLS/);
  });

  test('says 250 only when the store has the mail', async () => {
    const gate = Promise.withResolvers<void>();
    const told: string[] = [];
    const { port } = await startMailbox((store) => ({
      ...store,
      async add(envelope, content) {
        const id = await store.add(envelope, content);
        await gate.promise;
        told.push('stored');
        return id;
      },
    }));
    const { say, socket, next } = await talk(port);
    await say('EHLO client.test');
    await say('MAIL FROM:<>');
    await say('RCPT TO:<ada@example.org>');
    await say('DATA');
    const answer = say('Subject: one\r\n\r\nHello\r\n.').then((reply) => told.push(reply.slice(0, 3)));
    const other = await talk(port);
    await other.say('NOOP');
    expect(told).toEqual([]);
    gate.resolve();
    await answer;
    expect(told).toEqual(['stored', '250']);
    socket.write('QUIT\r\n');
    expect(await next()).toMatch(/^221/);
  });

  test('takes a hundred pipelined mails on several connections', async () => {
    const { store, port } = await startMailbox();
    const client = createTransport({ host: '127.0.0.1', port, pool: true, maxConnections: 5 });
    onTestFinished(() => client.close());
    const mails = Array.from({ length: 100 }, (_, n) =>
      client.sendMail({ from: 'news@example.com', to: `s${n}@example.org`, subject: `n ${n}`, text: 'Hi' }),
    );
    const ids = (await Promise.all(mails)).map(({ response }) => response.split(' ').at(-1));
    expect(new Set(ids).size).toBe(100);
    expect(await store.count()).toBe(100);
  });

  test('refuses a mail over the limit, announced or not, and goes on', async () => {
    const { store, port } = await startMailbox();
    const { say, socket } = await talk(port);
    await say('EHLO client.test');
    expect(await say(`MAIL FROM:<a@example.com> SIZE=${MAX_MAIL_BYTES + 1}`)).toMatch(/^552 .*message size/);
    await say('MAIL FROM:<a@example.com>');
    await say('RCPT TO:<ada@example.org>');
    await say('DATA');
    const line = `${'x'.repeat(998)}\r\n`.repeat(1024);
    for (let sent = 0; sent <= MAX_MAIL_BYTES; sent += line.length) socket.write(line);
    expect(await say('.')).toMatch(/^552 5\.3\.4 the message size is over the limit/);
    expect(await store.count()).toBe(0);
    expect(await say('NOOP')).toMatch(/^250/);
  });

  test('asks the sender to come back when it cannot store a mail', async () => {
    const { port } = await startMailbox((store) => ({
      ...store,
      async add(_envelope, content) {
        for await (const _chunk of content) throw new Error('no space left on device');
        return '';
      },
    }));
    const { say } = await talk(port);
    await say('EHLO client.test');
    for (let n = 0; n < 2; n++) {
      await say('MAIL FROM:<a@example.com>');
      await say('RCPT TO:<ada@example.org>');
      await say('DATA');
      const reply = await say(`Subject: one\r\n\r\n${'a line of text\r\n'.repeat(50_000)}.`);
      expect(reply).toMatch(/^452 4\.3\.1 the mail could not be stored/);
      expect(reply).not.toContain('device');
    }
  });

  test('keeps nothing of a mail whose sender went away in the middle', async () => {
    const settled = Promise.withResolvers<unknown>();
    const { store, port } = await startMailbox((inner) => ({
      ...inner,
      add(envelope, content) {
        const adding = inner.add(envelope, content);
        adding.then(settled.resolve, settled.resolve);
        return adding;
      },
    }));
    const { say, socket } = await talk(port);
    await say('EHLO client.test');
    await say('MAIL FROM:<a@example.com>');
    await say('RCPT TO:<ada@example.org>');
    await say('DATA');
    socket.write('Subject: half a ma', () => socket.destroy());
    expect(await settled.promise).toBeInstanceOf(Error);
    expect(await store.count()).toBe(0);
  });

  test('says in a sentence that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const store = createMailboxStore('/nonexistent');
    const problem = await startMailboxServer({ store, log: silentLog(), port }).catch((error) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem.message).toMatch(/^The built-in mailbox cannot listen on 127\.0\.0\.1:\d+: /);
  });
});
