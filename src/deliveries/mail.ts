import { readFrozen } from '../editions/frozen.ts';
import type { EditionId } from '../ground/ids.ts';
import { deriveKey } from '../ground/signing.ts';
import type { Envelope } from '../relays/types.ts';
import { editionHeaders } from '../rendering/headers.ts';
import type { Links } from '../rendering/links.ts';
import { buildMessage, textEncodingOf } from '../rendering/message.ts';
import { messageId } from '../rendering/message-id.ts';
import { createPersonaliser } from '../rendering/personalise.ts';
import type { Database } from '../store/database.ts';
import type { Claimed } from './claim.ts';
import type { RetryPolicy } from './outcome.ts';

/** One delivery's mail, ready for a relay. */
interface Mail {
  readonly envelope: Envelope;
  readonly message: Buffer;
  readonly relatedShown: number;
}

/** Makes the mails of one edition. */
export interface MailMaker {
  readonly policy: RetryPolicy;
  make(claim: Claimed): Promise<Mail>;
}

export interface MailDeps {
  readonly db: Database;
  readonly links: Links;
  readonly secret: string;
  readonly now: () => Temporal.Instant;
}

/** How many "You may also like" pieces a mail shows. */
const RELATED_SHOWN = 3;
/** Editions whose compiled mail a process keeps: those sent at once are few. */
const KEPT = 16;

/** The first three candidates that no edition sent to this person carried, as positions. */
export function chooseRelated(candidates: number, carried: readonly number[]): number[] {
  const positions = Array.from({ length: candidates }, (_, position) => position);
  return positions.filter((position) => !carried.includes(position)).slice(0, RELATED_SHOWN);
}

function firstNameOf(name: string | null): string | null {
  return name?.trim().split(/\s+/)[0] || null;
}

/** A cache of mail makers by edition. A load that fails is not kept. */
export function createMails(deps: MailDeps): (editionId: EditionId) => Promise<MailMaker> {
  const kept = new Map<EditionId, Promise<MailMaker>>();
  return (editionId) => {
    const known = kept.get(editionId);
    if (known) return known;
    const loading = loadMaker(deps, editionId);
    kept.set(editionId, loading);
    loading.catch(() => kept.delete(editionId));
    const oldest = kept.keys().next();
    if (kept.size > KEPT && !oldest.done) kept.delete(oldest.value);
    return loading;
  };
}

async function loadMaker(deps: MailDeps, editionId: EditionId): Promise<MailMaker> {
  const row = await deps.db
    .selectFrom('editions')
    .select('frozen')
    .where('id', '=', editionId)
    .executeTakeFirstOrThrow();
  const frozen = readFrozen(row.frozen);
  const personalise = createPersonaliser(frozen.compiled);
  const textEncoding = textEncodingOf(frozen.compiled.html);
  const key = deriveKey(deps.secret, 'message-id');
  const domain = frozen.fromEmail.slice(frozen.fromEmail.lastIndexOf('@') + 1);
  return {
    policy: frozen,
    async make(claim) {
      const ref = { editionId, deliveryId: claim.id };
      const unsubscribe = deps.links.unsubscribe(ref, claim.subscriptionId);
      const shown = chooseRelated(frozen.compiled.relatedIds.length, claim.carried);
      const mail = personalise({
        subscriber: { email: claim.email, name: claim.name, firstName: firstNameOf(claim.name) },
        links: { unsubscribe, web: frozen.webUrl },
        relatedIds: shown.flatMap((position) => frozen.compiled.relatedIds[position] ?? []),
      });
      const headers = editionHeaders({
        newsletter: { slug: frozen.slug, name: frozen.newsletterName },
        domain,
        editionNumber: frozen.number,
        unsubscribe: { https: unsubscribe, mailto: deps.links.unsubscribeMailto(ref, claim.subscriptionId) },
        archive: frozen.webUrl,
        help: frozen.newsletterUrl,
        install: domain,
      });
      const message = await buildMessage({
        mail,
        from: { name: frozen.fromName, address: frozen.fromEmail },
        replyTo: frozen.replyTo,
        to: { name: claim.name, address: claim.email },
        date: new Date(deps.now().epochMilliseconds),
        messageId: messageId({ ...ref, domain, key }),
        headers,
        textEncoding,
      });
      return {
        envelope: { from: frozen.fromEmail, to: claim.email },
        message,
        relatedShown: shown.reduce((bits, position) => bits | (1 << position), 0),
      };
    },
  };
}
