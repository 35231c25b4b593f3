import { startPostgres, startRedis } from '../../support/servers.ts';

/** Where Postgres and Redis answer. */
export interface Servers {
  readonly postgresUrl: string;
  readonly redisUrl: string;
}

/** Servers that are started when first asked for, and stopped together. */
export interface LazyServers {
  get(): Promise<Servers | null>;
  stop(): Promise<void>;
}

/** Uses the servers that the environment names, and starts private ones in place of those it does not. */
export function lazyServers(env: Readonly<Record<string, string | undefined>>): LazyServers {
  const stops: (() => Promise<void>)[] = [];
  const urlOf = async (given: string | undefined, start: typeof startRedis) => {
    if (given) return given;
    const server = await start();
    if (server) stops.push(() => server.stop());
    return server?.url ?? null;
  };
  const open = async (): Promise<Servers | null> => {
    const postgresUrl = await urlOf(env.DATABASE_URL, startPostgres);
    const redisUrl = postgresUrl === null ? null : await urlOf(env.REDIS_URL, startRedis);
    return postgresUrl === null || redisUrl === null ? null : { postgresUrl, redisUrl };
  };
  let opened: Promise<Servers | null> | undefined;
  return {
    get() {
      opened ??= open();
      return opened;
    },
    async stop() {
      await opened?.catch(() => null);
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}
