import type { FastifyReply, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { type PageDeps, sendNotice } from './deps.ts';

const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/** The host name of a Host header, in the spelling of URLs; null when it is none. */
function hostOf(header: string | undefined): string | null {
  return header === undefined ? null : (URL.parse(`http://${header}`)?.hostname ?? null);
}

/**
 * Makes the guard of pages that only the person at this machine may see. Who asks is told by the connection alone;
 * a header can only speak against them: a proxy on this machine would pass the whole world on as loopback, and a
 * foreign Host is how a site makes a browser ask for it under a name of its own (DNS rebinding).
 */
export function localOnly(deps: PageDeps) {
  const hosts = new Set(['localhost', '127.0.0.1', '[::1]', new URL(deps.publicUrl).hostname]);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const forwarded = FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined);
    if (!isLoopback(request.socket.remoteAddress) || forwarded) {
      await sendNotice(deps, reply, {
        status: 403,
        title: 'Only on the machine itself',
        paragraphs: [
          "The mailbox shows subscribers' private links, so it opens only in a browser on the machine that keeps it, and not through a proxy.",
          'On that machine, "broadsheet mailbox list" and "broadsheet mailbox show ID" print the same mails.',
        ],
      });
      return;
    }
    if (!hosts.has(hostOf(request.headers.host) ?? ''))
      await sendNotice(deps, reply, {
        status: 403,
        title: 'Not under this name',
        paragraphs: ['The mailbox opens under the name localhost. Use that in the address instead.'],
      });
  };
}
