import type { FastifyReply } from 'fastify';
import { codeOf, messageOf, Problem } from '../ground/errors.ts';
import { type PageDeps, sendNotice } from './deps.ts';

/** The page for an address that leads nowhere. */
export function sendNotFound(deps: PageDeps, reply: FastifyReply): FastifyReply {
  return sendNotice(deps, reply, {
    status: 404,
    title: 'There is no such page',
    paragraphs: ['The address may be misspelt, or what stood here is no longer published.'],
  });
}

/** The status that a framework's error asks for, if it is the caller's fault; 503 when a part is missing; else 500. */
function statusOf(error: unknown): number {
  if (error instanceof Problem && error.kind === 'unavailable') return 503;
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
}

/** The page for what went wrong. Its cause goes to the log: it may name what visitors must not know. */
export function sendError(
  deps: PageDeps,
  reply: FastifyReply,
  error: unknown,
  route: string | undefined,
): FastifyReply {
  const status = statusOf(error);
  if (status < 500)
    return sendNotice(deps, reply, {
      status,
      title: 'This request was not understood',
      paragraphs: ['Nothing was changed. Go back and try the link again.'],
    });
  deps.log.error({ route, code: codeOf(error), error: messageOf(error) }, 'a page could not be served');
  return sendNotice(deps, reply, {
    status,
    title: 'Something went wrong on our side',
    paragraphs: ['Please try again in a few minutes. Your link stays good.'],
  });
}
