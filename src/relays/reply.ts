import { REPLY_PHRASES } from './reply-phrases.ts';
import type { Reply, Verdict } from './types.ts';

/** Where in the conversation the reply came. */
export type Stage = 'mail' | 'rcpt' | 'data' | 'body';

const CREDENTIALS = new Set([530, 534, 535, 538]);
/** RFC 3463 and 5248: details of X.1 that speak of the recipient; .5 is valid, .7 to .9 and Microsoft's .20 to .90 are about us. */
const BAD_RECIPIENT = new Set(['1.0', '1.1', '1.2', '1.3', '1.4', '1.6', '1.10', '2.1']);
const ABOUT_US = /sender|mail from|return[- ]path|from address|from header|envelope[- ]from/i;
const POLICY =
  /\bspam|unsolicited|block(ed| ?list)|black ?list|deny ?list|\b(dn[sw]?bl|rbl|dmarc|dkim|spf)\b|spamhaus|policy|reputation|not (allowed|permitted|authori[sz]ed)|banned|virus|phish|reverse dns|helo/i;
const FULL =
  /mailbox (is )?full|over ?quota|quota exceeded|exceeded .{0,30}quota|insufficient (disk|mailbox) (space|storage)|out of (disk )?space/i;
const TOO_LARGE = /too (large|big)|(message|mail) ?size|size limit/i;
const NO_SUCH =
  /(user|recipient|mailbox|address|account|addressee) (\S+ )?(is )?(unknown|unavailable|invalid|inactive|disabled|not found|does ?n.t exist|does not exist|suspended|deactivated)|(unknown|invalid|no such|nonexistent|inactive) (local )?(user|recipient|mailbox|address|account|person)|no mailbox|(user|recipient|account|mailbox) .{0,60}(does not exist|not exist|disabled)|(not|no longer) (a valid (user|mailbox|recipient)|in use)/i;
const SLOW_DOWN = /\brate\b|too (many|much|fast|frequent)|throttl|slow down|limit exceeded|frequency/i;

/**
 * What a server's reply means for the delivery: the words that a provider is known for, then the digits, then the
 * enhanced code (RFC 3463), then the words. What is unknown may be tried again until the deadline.
 * @param stage a reply to MAIL speaks of the sender: it never condemns the recipient's address.
 */
export function readReply(reply: Reply, stage?: Stage): Verdict {
  if (reply.code >= 200 && reply.code < 300) return 'accepted';
  const verdict = known(reply) ?? generic(reply);
  const condemns = verdict === 'never_this_address' || verdict === 'mailbox_full';
  return stage === 'mail' && condemns ? (reply.code < 500 ? 'later' : 'policy') : verdict;
}

function known(reply: Reply): Verdict | undefined {
  const first = String(reply.code).charAt(0);
  return REPLY_PHRASES.find((phrase) => phrase.code.includes(first) && phrase.words.test(reply.text))
    ?.verdict;
}

function generic(reply: Reply): Verdict {
  if (reply.code === 421) return 'relay_trouble';
  if (CREDENTIALS.has(reply.code)) return 'credentials';
  if (reply.code >= 400 && reply.code < 500) return temporary(reply);
  return reply.code >= 500 && reply.code < 600 ? permanent(reply) : 'later';
}

/** Subject and detail of the enhanced code. Its class is left out: the digits of the reply have said that already. */
function detailOf(reply: Reply): string {
  return reply.enhanced?.replace(/^\d\./, '') ?? '';
}

function temporary(reply: Reply): Verdict {
  const detail = detailOf(reply);
  if (detail === '2.2' || (detail === '' && FULL.test(reply.text))) return 'mailbox_full';
  return detail.startsWith('7.') || SLOW_DOWN.test(reply.text) ? 'later_slow_down' : 'later';
}

function permanent(reply: Reply): Verdict {
  return byEnhancedCode(reply) ?? byWords(reply);
}

function byEnhancedCode(reply: Reply): Verdict | undefined {
  const detail = detailOf(reply);
  if (BAD_RECIPIENT.has(detail))
    return detail === '1.0' && ABOUT_US.test(reply.text) ? 'policy' : 'never_this_address';
  if (detail.startsWith('1.') && detail !== '1.5') return 'policy';
  if (detail === '2.2') return 'mailbox_full';
  if (detail === '2.3' || detail === '3.4' || detail.startsWith('6.')) return 'never_this_message';
  return detail.startsWith('7.') ? 'policy' : undefined;
}

/** Our own faults are looked for first: a wrong guess there costs one mail, a wrong suppression costs a reader. */
function byWords(reply: Reply): Verdict {
  if (reply.code === 556) return 'never_this_address'; // RFC 7504: the domain takes no mail
  if (ABOUT_US.test(reply.text) || POLICY.test(reply.text)) return 'policy';
  if (FULL.test(reply.text)) return 'mailbox_full';
  if (TOO_LARGE.test(reply.text)) return 'never_this_message';
  if (NO_SUCH.test(reply.text)) return 'never_this_address';
  return reply.code === 552 ? 'mailbox_full' : 'later';
}
