import type { FastifyInstance } from 'fastify';
import { codeOf, messageOf, Problem } from '../ground/errors.ts';

const EVERYWHERE = new Set(['0.0.0.0', '::', '']);

/** The address under which a browser on this machine finds the server. */
function originOf(host: string, port: number): string {
  if (EVERYWHERE.has(host)) return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function problemOf(error: unknown, host: string, port: number): Problem {
  const nothing = 'Nothing was started.';
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Problem(
        'unavailable',
        `Port ${port} on ${host} is in use by another program. ${nothing} Set PORT to a free one (PORT=0 picks one) and try again.`,
        { cause: error },
      );
    case 'EACCES':
      return new Problem(
        'unavailable',
        `This account may not listen on port ${port}. ${nothing} Set PORT to one above 1023 and try again.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Problem(
        'unavailable',
        `${host} is no address of this machine. ${nothing} Set HOST to one (127.0.0.1, or 0.0.0.0 for all) and try again.`,
        { cause: error },
      );
    default:
      return new Problem('unavailable', `The web server cannot start: ${messageOf(error)}. ${nothing}`, {
        cause: error,
      });
  }
}

/**
 * Makes the web server listen.
 * @param port 0 for one that is free.
 * @returns its origin, such as `http://127.0.0.1:3000`.
 * @throws Problem (`unavailable`), one sentence with the setting to change.
 */
export async function listen(
  server: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw problemOf(error, host, port);
  }
  const address = server.server.address();
  return originOf(host, typeof address === 'object' && address !== null ? address.port : port);
}
