import { messageOf, Problem } from '../ground/errors.ts';
import type { EditionId, RelayId } from '../ground/ids.ts';
import type { Log } from '../ground/log.ts';
import { DONE, type JobEnd } from '../queue/define-job.ts';
import type { Relays } from '../relays/relays.ts';
import { readReply } from '../relays/reply.ts';
import type { Reply, SendResult } from '../relays/types.ts';
import type { Claimed, ClaimResult } from './claim.ts';
import type { Group } from './group.ts';
import type { ClaimToken } from './hand-over.ts';
import type { DeliveryRef } from './jobs.ts';
import type { MailMaker } from './mail.ts';
import { type Decision, decide } from './outcome.ts';
import type { Attempt, Recorded } from './record.ts';
import type { WorkerRun } from './run.ts';

export interface SendDeps {
  readonly claims: Group<DeliveryRef, ClaimResult>;
  readonly handOvers: Group<ClaimToken, boolean>;
  readonly records: Group<Attempt, Recorded>;
  readonly run: Pick<WorkerRun, 'mayClaim' | 'hold'>;
  readonly relays: Pick<Relays, 'send' | 'restsUntil'>;
  /** The mails of an edition, compiled once and kept. */
  readonly mailsOf: (editionId: EditionId) => Promise<MailMaker>;
  readonly relayId: (name: string) => RelayId | null;
  readonly log: Log;
  /** Where a test may kill the process. */
  readonly at?: (moment: Moment) => Promise<void>;
  readonly now: () => Temporal.Instant;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The moments of delivery-protocol's table of deaths. */
export type Moment = 'claimed' | 'handed over' | 'answered' | 'recorded';

/** Without a beat nothing is claimed; the job comes back about then. */
const FENCED_MS = 5_000;
/** A row that is due but was locked or withheld just now is looked at again after this. */
const SOON_MS = 1_000;

/** Works one delivery's job: claim, MAIL to 354, hand over, body, record. The ledger alone says what is next. */
export async function sendDelivery(deps: SendDeps, ref: DeliveryRef): Promise<JobEnd> {
  const pause = pauseOf(deps);
  if (pause !== null) return { againInMs: pause };
  const letGo = deps.run.hold(ref);
  try {
    const claim = await deps.claims.add(ref);
    if (claim.kind === 'later') return { againInMs: Math.max(claim.inMs, SOON_MS) };
    if (claim.kind !== 'claimed') return DONE;
    await deps.at?.('claimed');
    return await sendClaimed(deps, claim);
  } finally {
    letGo();
  }
}

/** Milliseconds to wait when nothing may be claimed: this run is fenced, or every relay rests. The delivery itself is not touched. */
function pauseOf(deps: SendDeps): number | null {
  if (!deps.run.mayClaim) return FENCED_MS;
  const until = deps.relays.restsUntil();
  // The relays' clock is the machine's, whatever a test's clock says.
  return until === null ? null : Math.max(0, until - Date.now()) + deps.random() * 1000;
}

/** One attempt and its record. The connection that carried it waits with its next hand-over for this record. */
async function sendClaimed(deps: SendDeps, claim: Claimed): Promise<JobEnd> {
  const startedAt = deps.now();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  const attempted = await attempt(deps, claim, promise);
  await deps.at?.('answered');
  const tookMs = deps.now().since(startedAt).total('milliseconds');
  try {
    const recorded = await record(deps, claim, attempted, tookMs);
    resolve();
    await deps.at?.('recorded');
    return endOf(attempted.decision, recorded);
  } catch (error) {
    reject(error);
    throw error;
  }
}

async function record(
  deps: SendDeps,
  claim: Claimed,
  attempted: Attempted,
  tookMs: number,
): Promise<Recorded> {
  const { decision, relay, reply, queueId, relatedShown } = attempted;
  const { editionId, id, claim: n } = claim;
  const relayId = deps.relayId(relay);
  const recorded = await deps.records.add({
    editionId,
    id,
    claim: n,
    decision,
    relayId,
    tookMs,
    reply,
    queueId,
    relatedShown,
  });
  const outcome = recorded === 'late' ? 'late' : decision.state;
  deps.log.debug(
    { edition: editionId, delivery: id, relay, outcome, tookMs, reply: reply?.text },
    'delivery',
  );
  return recorded;
}

/** A deferred delivery's job ends: the ledger offers it again when it is due, whatever the queue knows. */
function endOf(decision: Decision, recorded: Recorded): JobEnd {
  if (decision.state !== 'queued' || recorded === 'late') return DONE;
  return { againInMs: SOON_MS };
}

interface Attempted {
  readonly decision: Decision;
  readonly relay: string;
  readonly reply: Reply | null;
  readonly queueId: string | null;
  readonly relatedShown: number;
}

/** One try: everything that can go wrong on the way becomes a decision, so that no claim is left hanging. */
async function attempt(deps: SendDeps, claim: Claimed, recorded: Promise<void>): Promise<Attempted> {
  const { editionId, id } = claim;
  let mails: MailMaker;
  let mail: Awaited<ReturnType<MailMaker['make']>>;
  try {
    mails = await deps.mailsOf(editionId);
    mail = await mails.make(claim);
  } catch (error) {
    return unmakeable(deps, claim, error);
  }
  let result: SendResult & { readonly relay: string };
  try {
    result = await deps.relays.send({
      envelope: mail.envelope,
      message: mail.message,
      recorded,
      handOver: async () => {
        const ours = await deps.handOvers.add({ editionId, id, claim: claim.claim });
        await deps.at?.('handed over');
        return ours;
      },
    });
  } catch (error) {
    return unmakeable(deps, claim, error);
  }
  const reply = result.kind === 'accepted' || result.kind === 'refused' ? result.reply : null;
  const decision = decide({
    result,
    verdict: result.kind === 'refused' ? readReply(result.reply, result.stage) : null,
    tries: claim.tries,
    ageMs: ageOf(claim),
    policy: mails.policy,
    random: deps.random,
  });
  const queueId = result.kind === 'accepted' ? result.queueId : null;
  return { decision, relay: result.relay, reply, queueId, relatedShown: mail.relatedShown };
}

function ageOf(claim: Claimed): number {
  return claim.claimedAt.since(claim.sendAt).total('milliseconds');
}

/** Where the edition's own could not be read. */
const UNKNOWN_POLICY = { retryMinutes: [], giveUpHours: 24 };

/** A mail that cannot be made or addressed is `failed` with its reason; a database that is away is not its fault. */
function unmakeable(deps: SendDeps, claim: Claimed, error: unknown): Attempted {
  const nothing = { relay: '', reply: null, queueId: null, relatedShown: 0 };
  deps.log.warn({ edition: claim.editionId, delivery: claim.id, error: messageOf(error) }, 'mail not made');
  if (error instanceof Problem && error.kind !== 'unavailable') {
    const reason = messageOf(error);
    return {
      ...nothing,
      decision: { state: 'failed', attempt: 'failed', delayMs: null, tries: 1, reason, suppress: false },
    };
  }
  const result: SendResult = { kind: 'trouble', word: 'protocol', detail: messageOf(error) };
  const { random } = deps;
  const situation = {
    result,
    verdict: null,
    tries: claim.tries,
    ageMs: ageOf(claim),
    policy: UNKNOWN_POLICY,
    random,
  };
  return { ...nothing, decision: decide(situation) };
}
