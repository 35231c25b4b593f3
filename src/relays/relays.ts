import type { SendRequest } from './connection.ts';
import { watchHandOver } from './handed-message.ts';
import type { Pool } from './pool.ts';
import { trouble } from './trouble.ts';
import type { SendResult } from './types.ts';

/** All relays of a process. */
export interface Relays {
  /**
   * Sends one message, the relays taking turns; when one rests, or is in trouble before the ledger was asked, the next
   * takes the message. `relay` is the name of the one that gave the result.
   * @throws like {@link Pool.send}.
   */
  send(request: SendRequest): Promise<SendResult & { readonly relay: string }>;
  /** Epoch milliseconds when the first relay may be tried again if all rest, else null. */
  restsUntil(): number | null;
  readonly names: readonly string[];
  readonly totalConnections: number;
  close(): Promise<void>;
}

/** @param pools at least one. */
export function createRelays(pools: readonly Pool[]): Relays {
  if (pools.length === 0) throw new RangeError('at least one relay is needed');
  let turn = 0;
  return {
    names: pools.map((pool) => pool.name),
    totalConnections: pools.reduce((sum, pool) => sum + pool.connections, 0),
    async send(request) {
      const first = turn;
      turn = (turn + 1) % pools.length;
      const watched = watchHandOver(request);
      let result: SendResult & { relay: string } = {
        ...trouble('unreachable', 'no relay was tried'),
        relay: '',
      };
      for (const pool of [...pools.slice(first), ...pools.slice(0, first)]) {
        result = { ...(await pool.send(watched.request)), relay: pool.name };
        if (result.kind !== 'trouble' || watched.asked()) return result;
      }
      return result;
    },
    restsUntil() {
      const states = pools.map((pool) => pool.state());
      const ends = states.flatMap((state) => (state.resting ? [state.until] : []));
      return ends.length === pools.length ? Math.min(...ends) : null;
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
    },
  };
}
