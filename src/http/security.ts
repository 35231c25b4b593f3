import type { FastifyReply } from 'fastify';

/** Pages of our own: no script, no picture, one style sheet that is known by its hash. */
export function pagePolicy(styleSource: string): string {
  return [
    "default-src 'none'",
    `style-src ${styleSource}`,
    'img-src data:',
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** An edition in the browser: mail HTML with its styles and pictures, and nothing that acts. */
export const EDITION_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src http: https: data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * A mail of anybody in the mailbox's frame. Sandboxed here too, should somebody open it outside the frame: it has
 * no origin, runs nothing, sends nothing. Links open in a page of their own, which the sandbox does not bind.
 */
export const MAIL_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src http: https: data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

/** Sets the headers of every answer; routes that show mails replace the policy. */
export function setSecurityHeaders(reply: FastifyReply, policy: string): void {
  reply.headers({
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    // Addresses of pages hold tokens: other sites are not told where a reader comes from.
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  });
}
