import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig } from '../../ground/config.ts';

/** A throw-away place to run in: its settings, and how to leave nothing behind. */
export interface DemoPlace {
  readonly config: Config;
  remove(): void;
}

/** True when a server could listen there now. */
function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** The wanted port, or any other when something listens there. */
async function choosePort(wanted: number): Promise<number> {
  if (wanted !== 0 && (await isFree('127.0.0.1', wanted))) return wanted;
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * Makes a temporary folder and settings that keep everything in it: embedded database, built-in mailbox, loopback. The
 * environment's database, queue and relay are left alone: a demo mails nobody.
 */
export async function makePlace(env: Readonly<Record<string, string | undefined>>): Promise<DemoPlace> {
  const port = await choosePort(readConfig({ PORT: env.PORT }).PORT);
  const settings = {
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    LOG_LEVEL: env.LOG_LEVEL ?? 'error',
    LOG_FORMAT: env.LOG_FORMAT,
    ALLOW_PRIVATE_FEEDS: env.ALLOW_PRIVATE_FEEDS,
  };
  // Wrong settings are told before anything is made.
  readConfig(settings);
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-demo-'));
  const config = readConfig({ ...settings, DATA_DIR: folder });
  return { config, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
