import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPublicAddress } from './guard.ts';

/** Says for a host and port whether they may lie in a private network. */
export type AllowPrivate = (host: string, port: number) => boolean;

/** A name or address that leads into a private network. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** Names under `.localhost` are this machine (RFC 6761, section 6.3), though few resolvers know. */
const resolvable = (host: string): string => (/(^|\.)localhost\.?$/i.test(host) ? 'localhost' : host);

const anyLookup: LookupFunction = (host, options, callback) => lookup(resolvable(host), options, callback);

/** A resolver that gives only public addresses, so that the address checked is the address connected to. */
const publicLookup: LookupFunction = (host, options, callback) => {
  lookup(resolvable(host), { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '');
    const found = addresses.filter((entry) => isPublicAddress(entry.address));
    const [first] = found;
    if (!first) return callback(new PrivateAddressError(host), '');
    return options.all ? callback(null, found) : callback(null, first.address, first.family);
  });
};

/** Connects sockets for undici, to public addresses only unless `allowPrivate` makes an exception. */
export function guardedConnector(allowPrivate: AllowPrivate, timeoutMs: number): buildConnector.connector {
  const open = buildConnector({ allowH2: false, timeout: timeoutMs, lookup: anyLookup });
  const guarded = buildConnector({ allowH2: false, timeout: timeoutMs, lookup: publicLookup });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    if (allowPrivate(host, port)) return open(options, callback);
    // A literal address is never looked up.
    if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(new PrivateAddressError(host), null);
    return guarded(options, callback);
  };
}
