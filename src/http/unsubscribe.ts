import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isId, type SubscriptionId } from '../ground/ids.ts';
import type { Database } from '../store/database.ts';
import { unsubscribe } from '../subscribers/unsubscribe.ts';
import { type PageDeps, sendNotice, sendPage } from './deps.ts';

/** A body says nothing that the token does not say: so much of it is read, and none of it is kept. */
const BODY_BYTES = 64 * 1024;

async function findSubscription(db: Database, id: string) {
  if (!isId<SubscriptionId>(id)) return undefined;
  return db
    .selectFrom('subscriptions as s')
    .innerJoin('newsletters as n', 'n.id', 's.newsletter_id')
    .innerJoin('subscribers as p', 'p.id', 's.subscriber_id')
    .select(['s.state', 'n.name', 'p.email'])
    .where('s.id', '=', id)
    .executeTakeFirst();
}

function sendForged(deps: PageDeps, reply: FastifyReply): FastifyReply {
  return sendNotice(deps, reply, {
    status: 404,
    title: 'This link is not complete',
    paragraphs: [
      'It may have been cut off or changed on the way. Nothing was changed.',
      'Open the unsubscribe link in the mail itself, or copy the whole of it.',
    ],
  });
}

/** What holds for everybody who is not, or no longer, subscribed. */
function sendLeft(
  deps: PageDeps,
  reply: FastifyReply,
  left: { newsletter: string; email: string } | null,
): FastifyReply {
  return sendNotice(deps, reply, {
    status: 200,
    title: 'You are unsubscribed',
    paragraphs: left
      ? [
          `${left.newsletter} no longer goes to ${left.email}.`,
          'A mail that was already on its way may still arrive.',
        ]
      : ['This address is no longer on the list, and gets no more mail from it.'],
  });
}

/** Resolves when the body has ended or has grown too long to wait for. */
function discard(body: Readable): Promise<void> {
  return new Promise((resolve) => {
    let left = BODY_BYTES;
    body.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) resolve();
    });
    for (const end of ['end', 'close', 'error']) body.once(end, () => resolve());
  });
}

/**
 * `/unsubscribe/TOKEN`: GET shows a page with one button and changes nothing. POST leaves, for a person and for a
 * mail program alike (RFC 8058): whatever the body, without cookies or a look at who asks, with a plain 200.
 */
export function registerUnsubscribe(server: FastifyInstance, deps: PageDeps): void {
  server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request: FastifyRequest, body: Readable) => discard(body));
    scope.addHook('onRequest', async (request, reply) => {
      // A content type that cannot be read must keep nobody on a list: the framework would answer 415.
      delete request.raw.headers['content-type'];
      reply.header('cache-control', 'no-store');
    });

    scope.get<{ Params: { token: string } }>('/unsubscribe/:token', async ({ params }, reply) => {
      const claim = deps.links.readUnsubscribe(params.token);
      if (claim === null) return sendForged(deps, reply);
      const found = await findSubscription(deps.db, claim.subscriptionId);
      if (found === undefined) return sendLeft(deps, reply, null);
      const { name: newsletter, email, state } = found;
      if (state === 'unsubscribed') return sendLeft(deps, reply, { newsletter, email });
      return sendPage(deps, reply, {
        name: 'unsubscribe',
        title: `Leave ${newsletter}?`,
        frame: { private: true },
        context: { newsletter, email, action: `${deps.base}/unsubscribe/${params.token}?from=page` },
      });
    });

    scope.post<{ Params: { token: string }; Querystring: { from?: unknown } }>(
      '/unsubscribe/:token',
      async ({ params, query, raw }, reply) => {
        // What is left of an endless body is not read: the connection ends with the answer.
        if (!raw.complete) reply.header('connection', 'close');
        const claim = deps.links.readUnsubscribe(params.token);
        if (claim === null) return sendForged(deps, reply);
        const { subscriptionId, editionId, deliveryId } = claim;
        const how = query.from === 'page' ? 'page' : 'one-click';
        const left = await unsubscribe({ db: deps.db }, subscriptionId, { editionId, deliveryId, how });
        return sendLeft(deps, reply, left && { newsletter: left.newsletter.name, email: left.email });
      },
    );
    done();
  });
}
