import { sql } from 'kysely';
import type { RunId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import { createGroup, type Group, type GroupSize } from './group.ts';
import type { DeliveryRef } from './jobs.ts';

/** The token of a held delivery. */
export interface ClaimToken extends DeliveryRef {
  readonly claim: number;
}

/**
 * The group that marks mails as handed over, after the server's 354 and before the first byte of the body. `true` means
 * committed and still ours: only then may a body follow. From here until the record, nobody knows what the server did.
 */
export function createHandOvers(
  db: Database,
  runId: () => RunId,
  size: GroupSize = {},
): Group<ClaimToken, boolean> {
  return createGroup(async (tokens) => {
    const { rows } = await sql<{ id: string }>`
      with w as (
        select * from unnest(${tokens.map((t) => t.editionId)}::int8[], ${tokens.map((t) => t.id)}::int8[],
                             ${tokens.map((t) => t.claim)}::int4[]) as w(edition_id, id, claim)),
      locked as (
        select d.edition_id, d.id from w
          join deliveries d on d.edition_id = w.edition_id and d.id = w.id
         where d.claim = w.claim and d.run_id = ${runId()}::int8 and d.state = 'sending' and d.handed_over_at is null
         order by d.edition_id, d.id for update of d)
      update deliveries d set handed_over_at = now()
        from locked l where d.edition_id = l.edition_id and d.id = l.id
      returning d.id`.execute(db);
    const marked = new Set(rows.map((row) => row.id));
    return tokens.map((token) => marked.has(token.id));
  }, size);
}
