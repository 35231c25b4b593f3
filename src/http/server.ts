import Fastify, { type FastifyInstance } from 'fastify';
import type { HttpDeps, PageDeps } from './deps.ts';
import { sendError, sendNotFound } from './errors.ts';
import { registerHealth } from './health.ts';
import { registerMailbox } from './mailbox.ts';
import { registerNewsletters } from './newsletters.ts';
import { loadPages } from './pages.ts';
import { pagePolicy, setSecurityHeaders } from './security.ts';
import { registerUnsubscribe } from './unsubscribe.ts';

export type { HttpDeps } from './deps.ts';

const BODY_BYTES = 64 * 1024;
const REQUEST_MS = 30_000;
/** Tokens have up to 512 characters (`readToken`). */
const PARAM_LENGTH = 600;

/** Makes the web server with all its routes; `listen.ts` makes it listen. */
export function createServer(deps: HttpDeps): FastifyInstance {
  const pages = loadPages();
  const pageDeps: PageDeps = { ...deps, pages, base: new URL(deps.publicUrl).pathname.replace(/\/+$/, '') };
  const policy = pagePolicy(pages.styleSource);
  const server = Fastify({
    // Addresses hold tokens: requests are not logged, errors are, by the name of their route.
    logger: false,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    routerOptions: { maxParamLength: PARAM_LENGTH, ignoreTrailingSlash: true },
    frameworkErrors: (error, _request, reply) => {
      setSecurityHeaders(reply, policy);
      sendError(pageDeps, reply, error, undefined);
    },
  });
  server.addHook('onRequest', async (_request, reply) => setSecurityHeaders(reply, policy));
  server.setNotFoundHandler((_request, reply) => sendNotFound(pageDeps, reply));
  server.setErrorHandler((error, request, reply) =>
    sendError(pageDeps, reply, error, request.routeOptions.url),
  );
  registerHealth(server, deps);
  registerNewsletters(server, pageDeps);
  registerUnsubscribe(server, pageDeps);
  registerMailbox(server, pageDeps);
  return server;
}
