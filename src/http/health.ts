import type { FastifyInstance } from 'fastify';
import { messageOf } from '../ground/errors.ts';
import type { HttpDeps, Readiness } from './deps.ts';

async function readiness({ ready, log }: HttpDeps): Promise<Readiness> {
  try {
    return await ready();
  } catch (error) {
    log.error({ error: messageOf(error) }, 'the readiness check itself failed');
    return { ok: false, checks: { readiness: 'the check itself failed' } };
  }
}

/** `/healthz`: the process lives. `/readyz`: it can work, or 503 with the part that is missing. */
export function registerHealth(server: FastifyInstance, deps: HttpDeps): void {
  server.get('/healthz', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ ok: true, version: deps.version }),
  );
  server.get('/readyz', async (_request, reply) => {
    const { ok, checks } = await readiness(deps);
    return reply
      .status(ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ok, checks, version: deps.version });
  });
}
