/**
 * The ledger's states and their moves. The database holds the same table (`delivery_may_move` in the migrations) and
 * refuses every other move; a test compares the two.
 *
 * ```
 *                    ┌──────────── later, or given back ───────────┐
 *                    ▼                                             │
 *   fan-out ──▶ queued ──claim──▶ sending ──250──▶ SENT            │
 *                 │ ▲               │ ├─────4xx──▶ deferred ──due──┤ (claimed again)
 *                 │ │               │ ├─5.1.x, full▶ BOUNCED       │
 *                 │ └──operator── FAILED ◀─5.x, deadline           │
 *                 │                 └─answer lost▶ unsure ──resend─┘
 *                 │                                  └──decided, or a late answer──▶ SENT …
 *                 ├──left or suppressed──▶ SUPPRESSED
 *                 └──edition cancelled───▶ CANCELLED
 * ```
 */
const MOVES = {
  queued: ['sending', 'suppressed', 'cancelled', 'failed'],
  deferred: ['sending', 'suppressed', 'cancelled', 'failed', 'queued'],
  sending: ['queued', 'deferred', 'sent', 'bounced', 'failed', 'unsure'],
  unsure: ['queued', 'deferred', 'sent', 'bounced', 'failed'],
  failed: ['queued'],
  sent: [],
  bounced: [],
  suppressed: [],
  cancelled: [],
} as const;

export type DeliveryState = keyof typeof MOVES;

/** Every state, in the order in which people read counts. */
export const STATES: readonly DeliveryState[] = [
  'queued',
  'sending',
  'sent',
  'deferred',
  'bounced',
  'failed',
  'suppressed',
  'cancelled',
  'unsure',
];

/** Whether the ledger lets a delivery move from one state to another. */
export function mayMove(from: DeliveryState, to: DeliveryState): boolean {
  const allowed: readonly DeliveryState[] = MOVES[from];
  return allowed.includes(to);
}
