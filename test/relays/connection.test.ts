import { createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { type Connection, openConnection } from '../../src/relays/connection.ts';
import type { RelaySettings } from '../../src/relays/types.ts';
import { type SmtpServer, type SmtpServerOptions, startSmtpServer } from '../support/smtp-server.ts';
import { selfSigned } from './self-signed.ts';
import { connected, MESSAGE, relayOn, requestTo } from './support.ts';

const servers: SmtpServer[] = [];
const connections: Connection[] = [];

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: SmtpServerOptions = {}): Promise<SmtpServer> {
  const server = await startSmtpServer(options);
  servers.push(server);
  return server;
}

async function connectTo(server: SmtpServer, timeouts = {}): Promise<Connection> {
  const connection = await connected(relayOn(server.port), timeouts);
  connections.push(connection);
  return connection;
}

async function troubleWith(relay: RelaySettings, timeouts = {}) {
  const opened = await openConnection(relay, { ehloName: 'sender.test', timeouts });
  if ('kind' in opened) return opened;
  connections.push(opened);
  throw new Error('a connection came about');
}

/** With pipelining all commands leave at once, without it one by one: the outcome must be the same. */
const BOTH_WAYS = [
  ['with pipelining', ['PIPELINING']],
  ['without', []],
] as const;

describe.each(BOTH_WAYS)('a message %s', (_way, extensions) => {
  it('is accepted with the words and the queue id of the relay', async () => {
    const server = await serve({ extensions });
    const connection = await connectTo(server);
    expect(await connection.send(requestTo('ann@example.org'))).toEqual({
      kind: 'accepted',
      reply: { code: 250, enhanced: '2.0.0', text: 'Ok: queued as T1' },
      queueId: 'T1',
    });
    expect(server.received).toEqual([
      { from: 'news@example.com', to: 'ann@example.org', data: MESSAGE.toString() },
    ]);
    expect(connection.usable).toBe(true);
  });

  it.each([
    ['mail', '451 4.3.0 later'],
    ['rcpt', '550 5.1.1 no such user'],
    ['data', '451 4.3.0 not now'],
    ['body', '554 5.7.1 spam'],
  ] as const)(
    'refused at %s keeps stage and words, and the connection is used again',
    async (stage, words) => {
      const server = await serve({ extensions });
      const connection = await connectTo(server);
      server.on(stage, () => words);
      let asked = 0;
      const handOver = async () => {
        asked += 1;
        return true;
      };
      const result = await connection.send(requestTo('ann@example.org', { handOver }));
      expect(result).toMatchObject({ kind: 'refused', stage, reply: { code: Number(words.slice(0, 3)) } });
      expect(asked).toBe(stage === 'body' ? 1 : 0);
      expect(server.received).toEqual([]);

      server.on(stage, null);
      expect(await connection.send(requestTo('bob@example.org'))).toMatchObject({ kind: 'accepted' });
      expect(server.received.map((mail) => mail.to)).toEqual(['bob@example.org']);
      expect(server.total).toBe(1);
    },
  );

  it('refused for one recipient goes to the next over the same connection', async () => {
    const server = await serve({ extensions });
    server.on('rcpt', ({ line }) =>
      line.includes('<bob@') ? '550-5.1.1 no\n550 5.1.1 such user' : undefined,
    );
    const connection = await connectTo(server);
    const kinds: string[] = [];
    for (const name of ['ann', 'bob', 'eve'])
      kinds.push((await connection.send(requestTo(`${name}@example.org`))).kind);
    expect(kinds).toEqual(['accepted', 'refused', 'accepted']);
    expect(server.received.map((mail) => mail.to)).toEqual(['ann@example.org', 'eve@example.org']);
    expect(server.total).toBe(1);
  });

  it.each(['mail', 'rcpt', 'data'] as const)(
    'met by 421 at %s is trouble, and the connection is over',
    async (stage) => {
      const server = await serve({ extensions, script: { [stage]: () => '421 4.3.2 shutting down' } });
      const connection = await connectTo(server);
      const result = await connection.send(requestTo('ann@example.org'));
      expect(result).toMatchObject({
        kind: 'trouble',
        word: 'closed',
        detail: expect.stringContaining('shutting down'),
      });
      expect(connection.usable).toBe(false);
      await server.waitForConnections((open) => open === 0);
    },
  );

  it('met by a provider that says 421 for its own pace is refused with those words', async () => {
    const server = await serve({
      extensions,
      script: { rcpt: () => '421 4.7.0 [TSS04] Messages temporarily deferred' },
    });
    const connection = await connectTo(server);
    const result = await connection.send(requestTo('ann@example.org'));
    expect(result).toMatchObject({ kind: 'refused', stage: 'rcpt', reply: { code: 421, text: /TSS04/ } });
    expect(connection.usable).toBe(false);
  });

  it.each([
    ['530 5.7.0 Authentication required', 'credentials'],
    ['530 5.7.0 Must issue a STARTTLS command first', 'tls'],
  ])('met by %s is trouble', async (words, word) => {
    const server = await serve({ extensions, script: { mail: () => words } });
    expect(await (await connectTo(server)).send(requestTo('ann@example.org'))).toMatchObject({
      kind: 'trouble',
      word,
    });
  });

  it.each(['mail', 'rcpt', 'data'] as const)('cut off at %s is trouble', async (stage) => {
    const server = await serve({ extensions, script: { [stage]: () => 'close' } });
    const connection = await connectTo(server);
    expect(await connection.send(requestTo('ann@example.org'))).toMatchObject({
      kind: 'trouble',
      word: 'closed',
    });
    expect(connection.usable).toBe(false);
  });

  it.each(['mail', 'rcpt', 'data'] as const)(
    'unanswered at %s is trouble after the time for commands',
    async (stage) => {
      const server = await serve({ extensions, script: { [stage]: () => 'silent' } });
      const connection = await connectTo(server, { commandMs: 50 });
      expect(await connection.send(requestTo('ann@example.org'))).toMatchObject({
        kind: 'trouble',
        word: 'timeout',
      });
      await server.waitForConnections((open) => open === 0);
    },
  );
});

describe('the hand-over', () => {
  it('is asked after 354 and before the first byte of the body', async () => {
    const server = await serve();
    const leave = Promise.withResolvers<boolean>();
    const asked = Promise.withResolvers<void>();
    const connection = await connectTo(server);
    const sending = connection.send(
      requestTo('ann@example.org', {
        message: async () => {
          server.conversation.push('the message is made');
          return MESSAGE;
        },
        handOver: () => {
          server.conversation.push('the ledger is asked');
          asked.resolve();
          return leave.promise;
        },
      }),
    );
    await asked.promise;
    expect(server.bodyBytes).toBe(0);
    server.conversation.push('the ledger agrees');
    leave.resolve(true);
    await sending;
    const order = server.conversation.slice(server.conversation.indexOf('C: DATA'));
    expect(order).toEqual([
      'C: DATA',
      'S: 354 End data with <CR><LF>.<CR><LF>',
      'the message is made',
      'the ledger is asked',
      'the ledger agrees',
      `C: <body of ${MESSAGE.length} bytes>`,
      'S: 250 2.0.0 Ok: queued as T1',
    ]);
  });

  it.each([
    ['refuses', async () => false],
    ['fails', () => Promise.reject(new Error('the database went away'))],
  ])('that %s mails nothing and drops the connection', async (_what, handOver) => {
    const server = await serve();
    const connection = await connectTo(server);
    expect(await connection.send(requestTo('ann@example.org', { handOver }))).toEqual({ kind: 'withheld' });
    expect(connection.usable).toBe(false);
    await server.waitForConnections((open) => open === 0);
    expect(server.bodyBytes).toBe(0);
    expect(server.received).toEqual([]);
  });

  it('is not asked for a message that cannot be made', async () => {
    const server = await serve();
    const connection = await connectTo(server);
    let asked = false;
    const sending = connection.send(
      requestTo('ann@example.org', {
        message: () => Promise.reject(new Error('no DKIM key')),
        handOver: async () => {
          asked = true;
          return true;
        },
      }),
    );
    await expect(sending).rejects.toThrow('no DKIM key');
    expect(asked).toBe(false);
    await server.waitForConnections((open) => open === 0);
    expect(server.bodyBytes).toBe(0);
  });

  it('is not asked when the connection breaks while the message is made', async () => {
    const server = await serve();
    const connection = await connectTo(server);
    let asked = false;
    const message = async () => {
      server.drop();
      while (connection.usable) await new Promise((resolve) => setImmediate(resolve));
      return MESSAGE;
    };
    const handOver = async () => {
      asked = true;
      return true;
    };
    const result = await connection.send(requestTo('ann@example.org', { message, handOver }));
    expect(result).toMatchObject({ kind: 'trouble', word: 'closed' });
    expect(asked).toBe(false);
  });

  it('given when the connection is gone already leads to trouble: not one byte was sent', async () => {
    const server = await serve();
    const connection = await connectTo(server);
    const handOver = async () => {
      server.drop();
      while (connection.usable) await new Promise((resolve) => setImmediate(resolve));
      return true;
    };
    const result = await connection.send(requestTo('ann@example.org', { handOver }));
    expect(result).toMatchObject({ kind: 'trouble', word: 'closed' });
    expect(server.bodyBytes).toBe(0);
  });

  it('decides before the result is told, even when the connection breaks meanwhile', async () => {
    const server = await serve();
    const connection = await connectTo(server);
    const leave = Promise.withResolvers<boolean>();
    const asked = Promise.withResolvers<void>();
    const events: string[] = [];
    const sending = connection
      .send(
        requestTo('ann@example.org', {
          handOver: () => {
            asked.resolve();
            return leave.promise;
          },
        }),
      )
      .then((result) => events.push(result.kind));
    await asked.promise;
    server.drop();
    await server.waitForConnections((open) => open === 0);
    while (connection.usable) await new Promise((resolve) => setImmediate(resolve));
    events.push('the ledger agrees');
    leave.resolve(true);
    await sending;
    expect(events).toEqual(['the ledger agrees', 'trouble']);
  });

  it.each([
    ['421 4.4.2 timeout, closing', { kind: 'trouble', word: 'closed' }],
    ['451 4.3.0 changed my mind', { kind: 'refused', stage: 'data', reply: { code: 451 } }],
    ['250 2.0.0 thanks for nothing', { kind: 'trouble', word: 'protocol' }],
  ])('answered over by %s sends no byte', async (words, result) => {
    const server = await serve();
    const connection = await connectTo(server);
    const other = await connectTo(server);
    const handOver = async () => {
      server.say(words, 1);
      // Once another conversation has gone through, those words have reached us.
      await other.send(requestTo('bob@example.org'));
      return true;
    };
    expect(await connection.send(requestTo('ann@example.org', { handOver }))).toMatchObject(result);
    expect(connection.usable).toBe(false);
    expect(server.received.map((mail) => mail.to)).toEqual(['bob@example.org']);
    expect(server.bodyBytes).toBe(MESSAGE.length + '.\r\n'.length);
  });

  it('is not asked when DATA is answered with a 250', async () => {
    const server = await serve({ script: { data: () => '250 2.0.0 whatever' } });
    const connection = await connectTo(server);
    let asked = false;
    const handOver = async () => {
      asked = true;
      return true;
    };
    expect(await connection.send(requestTo('ann@example.org', { handOver }))).toMatchObject({
      kind: 'trouble',
      word: 'protocol',
    });
    expect(asked).toBe(false);
    expect(connection.usable).toBe(false);
  });
});

describe('after the hand-over', () => {
  it.each(['close', 'accept-then-close'])('a relay that falls silent (%s) leaves a doubt', async (answer) => {
    const server = await serve({ script: { body: () => answer } });
    const connection = await connectTo(server);
    expect(await connection.send(requestTo('ann@example.org'))).toMatchObject({ kind: 'lost' });
    expect(connection.usable).toBe(false);
  });

  it('a relay that hangs leaves a doubt after the time for the final dot', async () => {
    const server = await serve({ script: { body: () => 'silent' } });
    const connection = await connectTo(server, { finalDotMs: 50 });
    expect(await connection.send(requestTo('ann@example.org'))).toMatchObject({
      kind: 'lost',
      detail: /no answer within/,
    });
    await server.waitForConnections((open) => open === 0);
  });

  it('a connection cut in the middle of the body leaves a doubt', async () => {
    const server = await serve({ script: { content: () => 'close' } });
    const connection = await connectTo(server);
    const message = Buffer.alloc(8 * 1024 * 1024, 'x\r\n');
    expect(await connection.send(requestTo('ann@example.org', { message }))).toMatchObject({ kind: 'lost' });
    expect(server.received).toEqual([]);
  });

  it.each(['354 go on', 'hello', '299'])('an answer that is none (%s) leaves a doubt', async (words) => {
    const server = await serve({ script: { body: () => words } });
    const result = await (await connectTo(server)).send(requestTo('ann@example.org'));
    expect(result.kind).toBe(words === '299' ? 'accepted' : 'lost');
  });

  it('a refusal in the middle of the body is a refusal, and the connection is not used again', async () => {
    const server = await serve({ script: { content: () => '552 5.3.4 too big for us' } });
    const connection = await connectTo(server);
    const message = Buffer.alloc(8 * 1024 * 1024, 'x\r\n');
    const result = await connection.send(requestTo('ann@example.org', { message }));
    expect(result).toMatchObject({ kind: 'refused', stage: 'body', reply: { code: 552, enhanced: '5.3.4' } });
    expect(connection.usable).toBe(false);
    await server.waitForConnections((open) => open === 0);
    expect(server.received).toEqual([]);
  });

  it('421 to the final dot is a refusal', async () => {
    const server = await serve({ script: { body: () => '421 4.3.0 overloaded' } });
    const connection = await connectTo(server);
    expect(await connection.send(requestTo('ann@example.org'))).toMatchObject({
      kind: 'refused',
      stage: 'body',
      reply: { code: 421 },
    });
    expect(connection.usable).toBe(false);
  });
});

describe('what reaches the server', () => {
  it.each([
    ['dots that stand first', '.\r\n..\r\n.a\r\nb.\r\n.\r\n'],
    ['a dot as the very last byte', 'a\r\n.'],
    ['no line end at the end', 'Subject: a\r\n\r\nb'],
    ['many lines of one dot', '.\r\n'.repeat(50_000)],
  ])('is the message itself: %s', async (_what, text) => {
    const server = await serve();
    await (await connectTo(server)).send(requestTo('ann@example.org', { message: Buffer.from(text) }));
    expect(server.received.map((mail) => mail.data)).toEqual([text.endsWith('\r\n') ? text : `${text}\r\n`]);
  });

  it('has only whole line ends, whatever a message smuggles', async () => {
    const server = await serve();
    const message = Buffer.from('a\n.\nMAIL FROM:<x@evil.example>\r.\rb\n.\r\nc');
    const connection = await connectTo(server);
    await connection.send(requestTo('ann@example.org', { message }));
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.data).toBe('a\r\n.\r\nMAIL FROM:<x@evil.example>\r\n.\r\nb\r\n.\r\nc\r\n');
  });

  it('keeps the empty return path, and writes a domain in ASCII', async () => {
    const server = await serve();
    const connection = await connectTo(server);
    await connection.send(
      requestTo('ann@bücher.example', { envelope: { from: '', to: 'ann@bücher.example' } }),
    );
    expect(server.received[0]).toMatchObject({ from: '', to: 'ann@xn--bcher-kva.example' });
  });

  it.each([
    'ann@example.org\r\nRCPT TO:<eve@example.org>',
    'ann@example.org\nDATA',
    'ann@example.org> SIZE=1',
    '<ann@example.org>',
    'ann bee@example.org',
    'ann\u0000@example.org',
    'ann\u2028@example.org',
    'ann@exam\tple.org',
    'ann',
    '@example.org',
    'ann@',
    '',
    `${'a'.repeat(300)}@example.org`,
  ])('is never an address like %j', async (address) => {
    const server = await serve();
    const connection = await connectTo(server);
    const before = server.conversation.length;
    await expect(connection.send(requestTo(address))).rejects.toMatchObject({ kind: 'bad_input' });
    const envelope = { from: address || 'a b', to: 'ann@example.org' };
    await expect(connection.send(requestTo('', { envelope }))).rejects.toMatchObject({ kind: 'bad_input' });
    expect(server.conversation).toHaveLength(before);
    expect(connection.usable).toBe(true);
  });
});

describe('connecting', () => {
  it('says who we are, and takes leave with QUIT', async () => {
    const server = await serve();
    const connection = await connectTo(server);
    await connection.quit();
    expect(server.conversation).toContain('C: EHLO sender.test');
    expect(server.conversation.slice(-2)).toEqual(['C: QUIT', 'S: 221 2.0.0 Bye']);
    expect(await connection.send(requestTo('ann@example.org'))).toMatchObject({
      kind: 'trouble',
      word: 'closed',
    });
  });

  it('takes leave also of a relay that does not answer QUIT', async () => {
    const server = await serve({ script: { quit: () => 'silent' } });
    const connection = await connectTo(server, { quitMs: 20 });
    await connection.quit();
    await server.waitForConnections((open) => open === 0);
  });

  it('notices when the relay closes an unused connection', async () => {
    const server = await serve();
    const connection = await connectTo(server);
    server.drop();
    while (connection.usable) await new Promise((resolve) => setImmediate(resolve));
    expect(await connection.send(requestTo('ann@example.org'))).toMatchObject({
      kind: 'trouble',
      word: 'closed',
    });
  });

  it('to a port where nobody listens is trouble: unreachable', async () => {
    const server = await startSmtpServer();
    await server.close();
    expect(await troubleWith(relayOn(server.port))).toMatchObject({ word: 'unreachable' });
  });

  it.each([
    ['554 5.7.1 go away', 'greeting'],
    ['hello', 'greeting'],
    ['421 4.3.2 too busy', 'closed'],
    ['close', 'closed'],
    ['silent', 'timeout'],
  ])('to a relay that greets with %s is trouble: %s', async (greeting, word) => {
    const server = await serve({ script: { connect: () => greeting } });
    expect(await troubleWith(relayOn(server.port), { connectionMs: 100 })).toMatchObject({ word });
    await server.waitForConnections((open) => open === 0);
  });

  it('to a relay that is silent after EHLO is trouble: timeout', async () => {
    const server = await serve({ script: { ehlo: () => 'silent' } });
    expect(await troubleWith(relayOn(server.port), { connectionMs: 30, commandMs: 30 })).toMatchObject({
      word: 'timeout',
    });
  });

  it('to something that speaks another language is trouble', async () => {
    const server = createServer((socket) =>
      socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await troubleWith(relayOn(port))).toMatchObject({ word: 'greeting' });
    server.close();
  });
});

describe('credentials', () => {
  const auth = { user: 'news', password: 'correct horse' };

  it('that fit are used', async () => {
    const server = await serve({ auth });
    const connection = await connected(relayOn(server.port, { ...auth, tls: 'off' }));
    connections.push(connection);
    expect(await connection.send(requestTo('ann@example.org'))).toMatchObject({ kind: 'accepted' });
    expect(server.conversation.some((line) => line.startsWith('C: AUTH PLAIN'))).toBe(true);
  });

  it('that do not fit are trouble, and the password is in no word of it', async () => {
    const server = await serve({ auth });
    const trouble = await troubleWith(relayOn(server.port, { user: 'news', password: 's3cret', tls: 'off' }));
    expect(trouble).toMatchObject({ kind: 'trouble', word: 'credentials' });
    expect(trouble.detail).not.toContain('s3cret');
    expect(trouble.detail).not.toContain(Buffer.from('\0news\0s3cret').toString('base64'));
  });

  it('for a relay that wants none are trouble', async () => {
    const server = await serve();
    expect(await troubleWith(relayOn(server.port, { ...auth, tls: 'off' }))).toMatchObject({
      word: 'credentials',
    });
  });

  it.each([
    ['454 4.7.0 Temporary authentication failure', 'protocol'],
    ['421 4.3.0 bye', 'closed'],
    ['close', 'closed'],
    ['silent', 'timeout'],
  ])('are not blamed for %s', async (answer, word) => {
    const server = await serve({ auth, script: { auth: () => answer } });
    const trouble = await troubleWith(relayOn(server.port, { ...auth, tls: 'off' }), { commandMs: 50 });
    expect(trouble).toMatchObject({ word });
  });

  it('are never sent in clear when TLS is required', async () => {
    const server = await serve({ auth });
    expect(await troubleWith(relayOn(server.port, { ...auth, tls: 'required' }))).toMatchObject({
      word: 'tls',
    });
    expect(server.conversation.filter((line) => line.startsWith('C: AUTH'))).toEqual([]);
  });
});

describe('TLS', () => {
  const { key, cert } = selfSigned();

  it('is used when offered, whoever made the certificate', async () => {
    const server = await serve({ tls: { key, cert, mode: 'starttls' } });
    expect(await (await connectTo(server)).send(requestTo('ann@example.org'))).toMatchObject({
      kind: 'accepted',
    });
    expect(server.conversation).toContain('C: STARTTLS');
  });

  it.each([
    ['starttls', 'required'],
    ['implicit', 'implicit'],
  ] as const)('with a certificate that is trusted (%s) guards the password', async (mode, tls) => {
    const before = getCACertificates('default');
    setDefaultCACertificates([cert]);
    try {
      const auth = { user: 'news', password: 'right' };
      const server = await serve({ tls: { key, cert, mode }, auth });
      const connection = await connected(relayOn(server.port, { ...auth, tls }));
      connections.push(connection);
      expect(await connection.send(requestTo('ann@example.org'))).toMatchObject({ kind: 'accepted' });
      expect(server.conversation.filter((line) => line.startsWith('C: AUTH'))).toHaveLength(1);
    } finally {
      setDefaultCACertificates(before);
    }
  });

  it('is left out when switched off', async () => {
    const server = await serve({ tls: { key, cert, mode: 'starttls' } });
    const connection = await connected(relayOn(server.port, { tls: 'off' }));
    connections.push(connection);
    expect(server.conversation).not.toContain('C: STARTTLS');
  });

  it('required but not offered is trouble', async () => {
    const server = await serve();
    expect(await troubleWith(relayOn(server.port, { tls: 'required' }))).toMatchObject({ word: 'tls' });
  });

  it.each([
    ['required with an unknown certificate', 'starttls', { tls: 'required' }],
    ['from the first byte with an unknown certificate', 'implicit', { tls: 'implicit' }],
    ['when offered, with an unknown certificate and a password', 'starttls', { user: 'u', password: 'p' }],
    ['from the first byte to a relay that speaks none', 'starttls', { tls: 'implicit' }],
  ] as const)('%s is trouble', async (_what, mode, changes) => {
    const server = await serve({ tls: { key, cert, mode } });
    expect(await troubleWith(relayOn(server.port, changes))).toMatchObject({ word: 'tls' });
    expect(server.conversation.filter((line) => /^C: (AUTH|MAIL)/.test(line))).toEqual([]);
  });
});
