import type { Reply } from './types.ts';

const MAX_TEXT = 1_000;
const ENHANCED = /^([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)/;

/**
 * Reads a whole SMTP reply, of one line or several (RFC 5321 4.2.1), as a library hands it over: lines joined by LF.
 * @returns null when it does not start with three digits of a reply code (200 to 599).
 */
export function parseReply(response: string): Reply | null {
  const lines = response.slice(0, 64 * 1024).split(/\r?\n/);
  const code = Number(/^([2-5]\d\d)(?=[ -]|$)/.exec(lines[0] ?? '')?.[1]);
  if (!code) return null;
  const words = lines.map((line) => line.replace(/^\d{3}([ -]|$)/, '').trim());
  return {
    code,
    enhanced: enhancedOf(words),
    text: cleanText(words.map((line) => line.replace(ENHANCED, '')).join(' ')),
  };
}

/** The reply that a failed step of the SMTP client carries, or null when the server said nothing. */
export function replyOfError(error: unknown): Reply | null {
  if (typeof error !== 'object' || error === null || !('response' in error)) return null;
  return typeof error.response === 'string' ? parseReply(error.response) : null;
}

function enhancedOf(lines: readonly string[]): string | null {
  for (const line of lines) {
    const found = ENHANCED.exec(line)?.[0];
    if (found) return found;
  }
  return null;
}

/** One line without control characters, at most 1,000 characters: what a stranger said is shown in logs and screens. */
export function cleanText(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > MAX_TEXT ? line.slice(0, MAX_TEXT).toWellFormed() : line;
}

/** How servers name the message they have taken, most telling first. */
const QUEUE_IDS: readonly RegExp[] = [
  /\bqueued as ([\w.+:/-]+)/i, // Postfix, Mailpit, SendGrid
  /\bInternalId=(\d+)/i, // Exchange
  /\bid=<?([\w.@+-]+)/i, // Exim, GMX
  /^ok:?\s+\d+\s+([\w.-]+)\s+-\s+gsmtp/i, // Gmail
  /^ok\s+([0-9a-f]{16}-[0-9a-f-]{20,60})/i, // Amazon SES
  /^ok:?\s+\d+\s+qp\s+(\d+)/i, // qmail
  /^(\w{8,20}) message accepted for delivery/i, // Sendmail
  /^ok\s+([0-9A-F]{2}\/[0-9A-F/.-]{6,60})$/i, // SparkPost, Momentum
  /\bqueued(?: mail)? (?:for delivery )?\(([\w.+-]+)\)/i, // Haraka
];

/** The relay's own id of an accepted message, so that its log can be searched; null when it names none we know. */
export function queueIdOf(reply: Reply): string | null {
  for (const pattern of QUEUE_IDS) {
    const id = pattern.exec(reply.text)?.[1];
    if (id) return id.replace(/[.:]+$/, '').slice(0, 200);
  }
  return null;
}
