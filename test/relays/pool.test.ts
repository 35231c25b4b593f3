import { afterEach, describe, expect, it } from 'vitest';
import type { Pool, PoolOptions } from '../../src/relays/pool.ts';
import { createRelays } from '../../src/relays/relays.ts';
import type { RelaySettings } from '../../src/relays/types.ts';
import { type SmtpServer, type SmtpServerOptions, startSmtpServer } from '../support/smtp-server.ts';
import { poolOn, relayOn, requestTo } from './support.ts';

const servers: SmtpServer[] = [];
const pools: Pool[] = [];

afterEach(async () => {
  for (const server of servers) server.drop();
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: SmtpServerOptions = {}): Promise<SmtpServer> {
  const server = await startSmtpServer(options);
  servers.push(server);
  return server;
}

function poolTo(port: number, relay: Partial<RelaySettings> = {}, options: Partial<PoolOptions> = {}) {
  const pool = poolOn(relayOn(port, relay), options);
  pools.push(pool);
  return pool;
}

async function closedPort(): Promise<number> {
  const server = await startSmtpServer();
  await server.close();
  return server.port;
}

/** Troubles enough over time enough. */
async function makeSick(pool: ReturnType<typeof poolTo>): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await pool.send(requestTo('ann@example.org'));
    pool.clock.now += 300;
  }
}

describe('a pool', () => {
  it('opens no connection before a message comes, and uses it again', async () => {
    const server = await serve();
    const pool = poolTo(server.port);
    expect(server.total).toBe(0);
    for (const name of ['ann', 'bob', 'eve']) {
      expect(await pool.send(requestTo(`${name}@example.org`))).toMatchObject({ kind: 'accepted' });
    }
    expect(server.total).toBe(1);
    expect(pool.name).toBe(`127.0.0.1:${server.port}`);
    expect(pool.connections).toBe(2);
  });

  it('never opens more connections than it may, and all that wait get their turn', async () => {
    const server = await serve();
    const gate = Promise.withResolvers<undefined>();
    server.on('data', () => gate.promise);
    const pool = poolTo(server.port, { connections: 3 }, { messagesPerConnection: 4 });
    const sending = Array.from({ length: 50 }, (_, index) => pool.send(requestTo(`r${index}@example.org`)));
    await server.waitForConnections((open) => open === 3);
    gate.resolve(undefined);
    const results = await Promise.all(sending);
    expect(results.filter((result) => result.kind === 'accepted')).toHaveLength(50);
    expect(new Set(server.received.map((mail) => mail.to)).size).toBe(50);
    expect(server.peak).toBe(3);
  });

  it('hands the next message over only when the one before, on the same connection, is recorded', async () => {
    const server = await serve();
    const pool = poolTo(server.port, { connections: 1 });
    const recorded = Promise.withResolvers<void>();
    await pool.send(requestTo('ann@example.org', { recorded: recorded.promise }));
    const events: string[] = [];
    server.on('data', () => {
      events.push('DATA');
      // The server is asked for the body before the record: only the hand-over waits.
      setImmediate(() => {
        events.push('recorded');
        recorded.resolve();
      });
      return undefined;
    });
    const handOver = async () => {
      events.push('handed over');
      return true;
    };
    expect(await pool.send(requestTo('bob@example.org', { handOver }))).toMatchObject({ kind: 'accepted' });
    expect(events).toEqual(['DATA', 'recorded', 'handed over']);
  });

  it('hands nothing over on a connection whose last message could not be recorded', async () => {
    const server = await serve();
    const pool = poolTo(server.port, { connections: 1 });
    const recorded = Promise.reject(new Error('the database is gone'));
    recorded.catch(() => {});
    await pool.send(requestTo('ann@example.org', { recorded }));
    expect(await pool.send(requestTo('bob@example.org'))).toMatchObject({ kind: 'withheld' });
    expect(server.received.map((mail) => mail.to)).toEqual(['ann@example.org']);
  });

  it('takes leave of a connection that has carried its share', async () => {
    const server = await serve();
    const pool = poolTo(server.port, { connections: 1 }, { messagesPerConnection: 2 });
    for (let turn = 0; turn < 5; turn += 1) await pool.send(requestTo('ann@example.org'));
    expect(server.total).toBe(3);
    expect(server.peak).toBe(1);
    expect(server.conversation.filter((line) => line === 'C: QUIT')).toHaveLength(2);
  });

  it('gives the result before the relay has answered QUIT', async () => {
    const server = await serve({ script: { quit: () => 'silent' } });
    const pool = poolTo(server.port, {}, { messagesPerConnection: 1, timeouts: { quitMs: 60_000 } });
    expect(await pool.send(requestTo('ann@example.org'))).toMatchObject({ kind: 'accepted' });
  });

  it('closes a connection that nobody uses', async () => {
    const server = await serve();
    const pool = poolTo(server.port, {}, { idleMs: 1 });
    await pool.send(requestTo('ann@example.org'));
    await server.waitForConnections((open) => open === 0);
    expect(server.conversation).toContain('C: QUIT');
    expect(await pool.send(requestTo('bob@example.org'))).toMatchObject({ kind: 'accepted' });
  });

  it.each([
    ['421 4.4.2 idle too long', 'mail'],
    ['close', 'mail'],
    ['421 4.3.2 enough for today', 'data'],
  ] as const)('meets %s on a kept connection with a new one', async (answer, stage) => {
    const server = await serve();
    const pool = poolTo(server.port);
    await pool.send(requestTo('ann@example.org'));
    server.on(stage, ({ connection }) => (connection === 1 ? answer : undefined));
    expect(await pool.send(requestTo('bob@example.org'))).toMatchObject({ kind: 'accepted' });
    expect(server.total).toBe(2);
    expect(server.received.map((mail) => mail.to)).toEqual(['ann@example.org', 'bob@example.org']);
  });

  it('does not wait twice for a relay that hangs', async () => {
    const server = await serve();
    const pool = poolTo(server.port, {}, { timeouts: { commandMs: 200 } });
    await pool.send(requestTo('ann@example.org'));
    server.on('mail', () => 'silent');
    expect(await pool.send(requestTo('bob@example.org'))).toMatchObject({ kind: 'trouble', word: 'timeout' });
    expect(server.total).toBe(1);
  });

  it('tries no second connection once the ledger was asked', async () => {
    const server = await serve();
    const pool = poolTo(server.port);
    await pool.send(requestTo('ann@example.org'));
    let asked = 0;
    const gone = server.waitForConnections((open) => open === 0);
    const handOver = async () => {
      asked += 1;
      server.say('421 4.3.2 bye');
      await gone;
      return true;
    };
    expect(await pool.send(requestTo('bob@example.org', { handOver }))).toMatchObject({
      kind: 'trouble',
      word: 'closed',
    });
    expect(asked).toBe(1);
    expect(server.total).toBe(1);
    expect(server.bodyBytes).toBeLessThan(60);
  });

  it('turns a wrong address away without a connection, and goes on', async () => {
    const server = await serve();
    const pool = poolTo(server.port, { connections: 1 });
    await expect(pool.send(requestTo('a\r\nb@example.org'))).rejects.toMatchObject({ kind: 'bad_input' });
    expect(server.total).toBe(0);
    const broken = pool.send(
      requestTo('ann@example.org', { message: () => Promise.reject(new Error('no template')) }),
    );
    await expect(broken).rejects.toThrow('no template');
    expect(await pool.send(requestTo('ann@example.org'))).toMatchObject({ kind: 'accepted' });
  });

  it('keeps the rate: who comes too early waits, until the pool closes', async () => {
    const server = await serve();
    const pool = poolTo(server.port, { connections: 10, rate: 0.001 });
    const sending = Array.from({ length: 3 }, (_, index) => pool.send(requestTo(`r${index}@example.org`)));
    expect(await sending[0]).toMatchObject({ kind: 'accepted' });
    await pool.close();
    expect(await Promise.all(sending.slice(1))).toMatchObject([{ kind: 'trouble' }, { kind: 'trouble' }]);
    expect(server.received.map((mail) => mail.to)).toEqual(['r0@example.org']);
  });

  it('that closes lets what is under way end and turns away the rest', async () => {
    const server = await serve();
    const gate = Promise.withResolvers<undefined>();
    const reached = Promise.withResolvers<void>();
    server.on('body', () => {
      reached.resolve();
      return gate.promise;
    });
    const pool = poolTo(server.port, { connections: 1 });
    const underWay = pool.send(requestTo('ann@example.org'));
    const waiting = pool.send(requestTo('bob@example.org'));
    await reached.promise;
    const order: string[] = [];
    const closing = pool.close().then(() => order.push('closed'));
    void underWay.then(() => order.push('sent'));
    expect(await waiting).toMatchObject({ kind: 'trouble', word: 'closed' });
    expect(await pool.send(requestTo('eve@example.org'))).toMatchObject({ kind: 'trouble', word: 'closed' });
    gate.resolve(undefined);
    expect(await underWay).toMatchObject({ kind: 'accepted' });
    await closing;
    expect(order).toEqual(['sent', 'closed']);
    await server.waitForConnections((open) => open === 0);
    expect(server.received.map((mail) => mail.to)).toEqual(['ann@example.org']);
  });
});

describe('a relay in trouble', () => {
  it('rests, and is not touched while it does', async () => {
    const server = await serve({ script: { connect: () => '421 4.3.2 too busy' } });
    const pool = poolTo(server.port);
    await makeSick(pool);
    const rests = pool.state();
    expect(rests).toMatchObject({
      resting: true,
      word: 'closed',
      detail: expect.stringContaining('too busy'),
    });
    const tries = server.total;
    let asked = false;
    const handOver = async () => {
      asked = true;
      return true;
    };
    const result = await pool.send(requestTo('ann@example.org', { handOver }));
    expect(result).toMatchObject({
      kind: 'trouble',
      word: 'closed',
      detail: expect.stringContaining('the relay rests'),
    });
    expect(server.total).toBe(tries);
    expect(asked).toBe(false);
  });

  it('is tried by one message after its rest, and works again', async () => {
    const server = await serve({ script: { connect: () => '421 4.3.2 too busy' } });
    const pool = poolTo(server.port);
    await makeSick(pool);
    const tries = server.total;
    pool.clock.now += 60_000;
    expect(pool.state()).toEqual({ resting: false });
    await server.waitForConnections((open) => open === 0);

    const gate = Promise.withResolvers<undefined>();
    server.on('connect', () => gate.promise);
    const probe = pool.send(requestTo('ann@example.org'));
    await server.waitForConnections((open) => open === 1);
    expect(pool.state()).toMatchObject({ resting: true });
    expect(await pool.send(requestTo('bob@example.org'))).toMatchObject({ kind: 'trouble' });
    gate.resolve(undefined);
    expect(await probe).toMatchObject({ kind: 'accepted' });
    expect(server.total).toBe(tries + 1);
    expect(pool.state()).toEqual({ resting: false });
    expect(await pool.send(requestTo('eve@example.org'))).toMatchObject({ kind: 'accepted' });
  });

  it('is tried again when the trying message could not be made', async () => {
    const server = await serve({ script: { connect: () => '421 4.3.2 too busy' } });
    const pool = poolTo(server.port);
    await makeSick(pool);
    pool.clock.now += 60_000;
    server.on('connect', null);
    const broken = requestTo('ann@example.org', { message: () => Promise.reject(new Error('no template')) });
    await expect(pool.send(broken)).rejects.toThrow('no template');
    expect(await pool.send(requestTo('ann@example.org'))).toMatchObject({ kind: 'accepted' });
  });

  it('that loses mails rests as well', async () => {
    const server = await serve({ script: { body: () => 'close' } });
    const pool = poolTo(server.port);
    await makeSick(pool);
    expect(pool.state()).toMatchObject({ resting: true, word: 'closed' });
  });

  it('that refuses mails is well: its refusals are about the mails', async () => {
    const server = await serve({
      script: { rcpt: () => '550 5.1.1 no such user', connect: () => undefined },
    });
    const pool = poolTo(server.port);
    await makeSick(pool);
    expect(pool.state()).toEqual({ resting: false });
  });

  it('for its credentials rests at the first refusal, so that no account is locked', async () => {
    const server = await serve({ auth: { user: 'news', password: 'right' } });
    const pool = poolTo(server.port, { user: 'news', password: 'wrong', tls: 'off' });
    expect(await pool.send(requestTo('ann@example.org'))).toMatchObject({
      kind: 'trouble',
      word: 'credentials',
    });
    expect(pool.state()).toMatchObject({ resting: true, word: 'credentials' });
    await pool.send(requestTo('ann@example.org'));
    expect(server.total).toBe(1);
  });

  it('sends away those who wait for a connection to it', async () => {
    const server = await serve({ auth: { user: 'news', password: 'right' } });
    const pool = poolTo(server.port, { user: 'news', password: 'wrong', tls: 'off', connections: 1 });
    const results = await Promise.all(
      ['a', 'b', 'c'].map((name) => pool.send(requestTo(`${name}@example.org`))),
    );
    expect(results.map((result) => result.kind)).toEqual(['trouble', 'trouble', 'trouble']);
    expect(server.total).toBe(1);
  });
});

describe('relays', () => {
  it('take turns', async () => {
    const [first, second] = [await serve(), await serve()];
    const relays = createRelays([poolTo(first.port), poolTo(second.port, { connections: 3 })]);
    expect(relays.totalConnections).toBe(5);
    const names: string[] = [];
    for (let turn = 0; turn < 4; turn += 1)
      names.push((await relays.send(requestTo('ann@example.org'))).relay);
    expect(names).toEqual([first, second, first, second].map((server) => `127.0.0.1:${server.port}`));
  });

  it('stand in for one that is in trouble', async () => {
    const server = await serve();
    const relays = createRelays([poolTo(await closedPort()), poolTo(server.port)]);
    for (let turn = 0; turn < 3; turn += 1) {
      const result = await relays.send(requestTo('ann@example.org'));
      expect(result).toMatchObject({ kind: 'accepted', relay: `127.0.0.1:${server.port}` });
    }
  });

  it('leave out one that rests', async () => {
    const [sick, well] = [await serve({ script: { connect: () => '421 no' } }), await serve()];
    const pool = poolTo(sick.port);
    const relays = createRelays([pool, poolTo(well.port)]);
    await makeSick(pool);
    const tries = sick.total;
    for (let turn = 0; turn < 4; turn += 1) {
      expect(await relays.send(requestTo('ann@example.org'))).toMatchObject({ kind: 'accepted' });
    }
    expect(sick.total).toBe(tries);
    expect(relays.restsUntil()).toBeNull();
  });

  it('do not pass on a refusal, nor what the ledger was asked about', async () => {
    const [first, second] = [await serve({ script: { rcpt: () => '451 4.3.0 later' } }), await serve()];
    const relays = createRelays([poolTo(first.port), poolTo(second.port)]);
    expect(await relays.send(requestTo('ann@example.org'))).toMatchObject({ kind: 'refused' });
    expect(second.received).toHaveLength(0);

    await relays.send(requestTo('bob@example.org'));
    first.on('rcpt', null);
    let asked = 0;
    const handOver = async () => {
      asked += 1;
      const gone = first.waitForConnections((open) => open === 0);
      first.say('421 4.3.2 bye');
      await gone;
      return true;
    };
    const result = await relays.send(requestTo('eve@example.org', { handOver }));
    expect(result).toMatchObject({ kind: 'trouble', relay: `127.0.0.1:${first.port}` });
    expect(asked).toBe(1);
    expect(second.received.map((mail) => mail.to)).toEqual(['bob@example.org']);
  });

  it('tell until when all of them rest', async () => {
    const pools = [poolTo(await closedPort()), poolTo(await closedPort())];
    const relays = createRelays(pools);
    const [first, second] = pools;
    if (!first || !second) throw new Error('two pools were made');
    await makeSick(first);
    expect(relays.restsUntil()).toBeNull();
    await makeSick(second);
    first.clock.now = 1_001_000;
    second.clock.now = 1_001_000;
    const states = pools.map((pool) => pool.state());
    const ends = states.map((state) => (state.resting ? state.until : 0));
    expect(relays.restsUntil()).toBe(Math.min(...ends));
    expect(await relays.send(requestTo('ann@example.org'))).toMatchObject({
      kind: 'trouble',
      word: 'unreachable',
    });
    await relays.close();
  });

  it('need at least one', () => {
    expect(() => createRelays([])).toThrow(RangeError);
  });
});
