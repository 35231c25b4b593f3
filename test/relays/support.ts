import { silentLog } from '../../src/ground/log.ts';
import {
  type Connection,
  openConnection,
  type SendRequest,
  type Timeouts,
} from '../../src/relays/connection.ts';
import { createPool, type Pool, type PoolOptions } from '../../src/relays/pool.ts';
import type { RelaySettings } from '../../src/relays/types.ts';

export const MESSAGE = Buffer.from('Subject: The week\r\n\r\nHello Ann.\r\n');

export function relayOn(port: number, changes: Partial<RelaySettings> = {}): RelaySettings {
  return {
    name: `127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    user: null,
    password: null,
    tls: 'starttls',
    connections: 2,
    rate: null,
    ...changes,
  };
}

export function requestTo(to: string, changes: Partial<SendRequest> = {}): SendRequest {
  return {
    envelope: { from: 'news@example.com', to },
    message: MESSAGE,
    handOver: async () => true,
    ...changes,
  };
}

/** A connection that must come about. */
export async function connected(relay: RelaySettings, timeouts: Partial<Timeouts> = {}): Promise<Connection> {
  const opened = await openConnection(relay, { ehloName: 'sender.test', timeouts });
  if ('kind' in opened) throw new Error(`no connection: ${opened.word} ${opened.detail}`);
  return opened;
}

/** A pool on a clock that the test moves. */
export function poolOn(
  relay: RelaySettings,
  changes: Partial<PoolOptions> = {},
): Pool & { clock: { now: number } } {
  const clock = { now: 1_000_000 };
  const pool = createPool(relay, {
    log: silentLog(),
    ehloName: 'sender.test',
    now: () => clock.now,
    random: () => 0,
    ...changes,
  });
  return Object.assign(pool, { clock });
}
