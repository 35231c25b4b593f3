import { isIP } from 'node:net';
import { Problem } from '../ground/errors.ts';
import type { RelaySettings } from './types.ts';

const DEFAULT_CONNECTIONS = 5;
const SETTINGS = new Set(['connections', 'rate', 'tls']);
const HOST = /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/i;

/**
 * Reads `SMTP_URL`: one or more `smtp://user:password@host:port?connections=20&rate=100&tls=required|starttls|off`
 * separated by spaces; `smtps://` speaks TLS from the first byte. Without a port: 587, or 465 for `smtps://` (RFC 8314).
 * STARTTLS is used when offered, and required when a password is given.
 * @throws Problem (`bad_input`) that tells everything wrong at once. It repeats no part of the value: with a wrong
 * sign in it, a password can turn up anywhere in what looks like host, port or setting.
 */
export function parseSmtpUrl(value: string): RelaySettings[] {
  const addresses = value.split(/\s+/).filter(Boolean);
  const problems: string[] = [];
  if (addresses.length === 0)
    problems.push('it names no relay: give smtp://host:port, or leave SMTP_URL out');
  const relays = addresses.flatMap((address, index) => {
    const wrong: string[] = [];
    const relay = parseAddress(address, wrong);
    problems.push(...wrong.map((sentence) => `address ${index + 1} ${sentence}`));
    return relay && wrong.length === 0 ? [relay] : [];
  });
  if (new Set(relays.map((relay) => relay.name)).size < relays.length)
    problems.push('the same host and port is named twice: raise connections of the one instead');
  if (problems.length > 0)
    throw new Problem(
      'bad_input',
      `SMTP_URL is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  return relays;
}

function parseAddress(address: string, wrong: string[]): RelaySettings | undefined {
  if (!URL.canParse(address)) {
    wrong.push(
      'cannot be read: write smtp://user:password@host:port, with signs like / ? # % in user and password as %2F %3F %23 %25',
    );
    return undefined;
  }
  const url = new URL(address);
  const implicit = url.protocol === 'smtps:';
  if (!implicit && url.protocol !== 'smtp:') wrong.push('must start with smtp:// or smtps://');
  if ((url.pathname !== '' && url.pathname !== '/') || url.hash !== '')
    wrong.push(
      'has something after the port that is no setting: is a / or # in the password? Write it as %2F or %23',
    );
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (isIP(host) === 0 && !HOST.test(host)) wrong.push('names no host');
  if (url.port === '0') wrong.push('has port 0: give one from 1 to 65535');
  const port = Number(url.port || (implicit ? 465 : 587));
  const login = parseLogin(url, wrong);
  return {
    name: isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`,
    host,
    port,
    ...login,
    ...parseSettings(url, { implicit, login }, wrong),
  };
}

type Login = Pick<RelaySettings, 'user' | 'password'>;

function parseLogin(url: URL, wrong: string[]): Login {
  const user = decode(url.username, wrong);
  const password = decode(url.password, wrong);
  if (user && !password) wrong.push('has a user without a password');
  if (password && !user) wrong.push('has a password without a user');
  // AUTH PLAIN parts its fields with NUL (RFC 4616): one inside would shift them.
  if (`${user}${password}`.includes('\0')) wrong.push('has a NUL in its user or password');
  return { user: user || null, password: password || null };
}

function decode(text: string, wrong: string[]): string {
  try {
    return decodeURIComponent(text);
  } catch {
    wrong.push('has a % in its user or password that starts no code: write % as %25');
    return '';
  }
}

function parseSettings(
  url: URL,
  context: { implicit: boolean; login: Login },
  wrong: string[],
): Pick<RelaySettings, 'tls' | 'connections' | 'rate'> {
  const names = [...url.searchParams.keys()];
  if (names.some((name) => !SETTINGS.has(name)) || new Set(names).size < names.length)
    wrong.push('has a setting other than connections, rate and tls, or one of them twice');
  return {
    tls: parseTls(url.searchParams.get('tls'), context, wrong),
    connections: parseConnections(url.searchParams.get('connections'), wrong),
    rate: parseRate(url.searchParams.get('rate'), wrong),
  };
}

function parseTls(
  value: string | null,
  context: { implicit: boolean; login: Login },
  wrong: string[],
): RelaySettings['tls'] {
  if (context.implicit) {
    if (value !== null) wrong.push('has tls= with smtps://, which is TLS from the first byte: leave tls out');
    return 'implicit';
  }
  if (value === null) return context.login.password ? 'required' : 'starttls';
  if (value === 'required' || value === 'starttls' || value === 'off') return value;
  wrong.push('has a wrong tls: it must be required, starttls or off');
  return 'required';
}

function parseConnections(value: string | null, wrong: string[]): number {
  if (value === null) return DEFAULT_CONNECTIONS;
  if (!/^[1-9]\d{0,3}$/.test(value))
    wrong.push('has a wrong connections: it must be a whole number from 1 to 9999');
  return Number(value);
}

function parseRate(value: string | null, wrong: string[]): number | null {
  if (value === null) return null;
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(value) || Number(value) === 0)
    wrong.push('has a wrong rate: it must be a number above 0, of messages per second');
  return Number(value);
}
