import manifest from '../package.json' with { type: 'json' };
import type { App } from '../src/app.ts';
import { listen } from '../src/http/listen.ts';
import { createServer } from '../src/http/server.ts';
import { readiness } from '../src/store/ready.ts';

/** Serves the pages: newsletters, editions, leaving, and the mailbox while mail stays here. */
export async function startWeb(app: App): Promise<string> {
  const { config, log } = app;
  const server = createServer({
    db: app.db,
    log,
    publicUrl: config.PUBLIC_URL,
    links: app.links,
    mailbox: app.mailLeaves ? null : app.mailbox,
    mailLeaves: app.mailLeaves,
    ready: () => readiness(app.store),
    version: manifest.version,
  });
  const origin = await listen(server, { host: config.HOST, port: config.PORT });
  app.closers.add('web server', () => server.close());
  log.info({ url: origin }, 'web pages are served');
  if (!app.mailLeaves) log.info({ url: `${origin}/admin/mailbox` }, 'read the mailbox here');
  return origin;
}
