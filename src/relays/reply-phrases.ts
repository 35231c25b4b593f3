import type { Verdict } from './types.ts';

/** Words of one provider that mean something else than their codes say, tried before the generic rows. */
export interface ReplyPhrase {
  readonly words: RegExp;
  /** Only replies whose code starts like this. */
  readonly code: '4' | '5' | '45';
  readonly verdict: Verdict;
}

/**
 * What providers say against the standards. Order counts: the first row that fits decides. A reply may hold 1,000
 * characters of a stranger, so every pattern is plain words without nested repetition.
 */
export const REPLY_PHRASES: readonly ReplyPhrase[] = [
  // Greylisting asks for patience, not for a slower pace, though many servers label it 4.7.1 (RFC 6647, Postgrey).
  { words: /gr[ea]ylist|deferred for 5 minutes/i, code: '4', verdict: 'later' },

  // Google: support.google.com/a/answer/3726730 "Gmail SMTP errors and codes".
  {
    words: /unusual rate of (unsolicited )?mail|rate limited|rate-limited/i,
    code: '4',
    verdict: 'later_slow_down',
  },
  { words: /is receiving mail (too quickly|at a rate)/i, code: '45', verdict: 'later' },
  {
    words: /(sending|smtp relay|user sending) (limit|quota) exceeded/i,
    code: '45',
    verdict: 'later_slow_down',
  },

  // Yahoo and AOL: senders.yahooinc.com/smtp-error-codes; bracketed codes name the rule that fired.
  { words: /\[(TS|TSS)\d\d\]/i, code: '4', verdict: 'later_slow_down' },
  { words: /max message per connection reached/i, code: '4', verdict: 'relay_trouble' },
  {
    words: /doesn.t have an? \S+ account|delivery error: dd .{0,80}(disabled|discontinued)/i,
    code: '5',
    verdict: 'never_this_address',
  },
  { words: /\[(TSS|PH|BL|GL|AU)\d\d\]/i, code: '5', verdict: 'policy' },

  // Microsoft, Outlook.com: sendersupport.olc.protection.outlook.com/pm/troubleshooting.aspx; block codes such as S3140.
  { words: /\(S(3140|3150|77719|775|844)\)|\b(SC|DY|OU|RP)-00\d\b/i, code: '5', verdict: 'policy' },
  {
    words: /\bRP-00\d\b|exceeded the (rate limit|connection limit|maximum number of connections)/i,
    code: '4',
    verdict: 'later_slow_down',
  },
  // Microsoft 365: learn.microsoft.com "Email non-delivery reports and SMTP errors in Exchange Online".
  { words: /recipient address rejected: access denied/i, code: '5', verdict: 'never_this_address' },
  {
    words: /daily limit for message recipients|submission quota exceeded|sender thread limit exceeded/i,
    code: '45',
    verdict: 'later_slow_down',
  },
  { words: /RESOLVER\.ADR\.\w*NotFound|RecipientNotFound/i, code: '5', verdict: 'never_this_address' },
  { words: /bad outbound sender|client does not have permissions to send as/i, code: '5', verdict: 'policy' },

  // Apple: support.apple.com/102322 "Postmaster information for iCloud Mail"; codes like [CS01], [HM08].
  { words: /\[(CS|HM|HC|PR)\d\d\]/i, code: '5', verdict: 'policy' },
  { words: /\[(CS|HM|HC|PR)\d\d\]/i, code: '4', verdict: 'later_slow_down' },

  // GMX, WEB.DE, mail.com, 1&1: postmaster.gmx.com/en/error-messages; no enhanced codes, the last line decides.
  {
    words: /reject due to policy|ip address is block listed|bad dns ptr resource record/i,
    code: '5',
    verdict: 'policy',
  },
  { words: /reject due to policy/i, code: '4', verdict: 'later_slow_down' },

  // Tencent QQ: service.mail.qq.com help 20022. Says 550 where it means "for some minutes, hours, or today".
  {
    words: /(connection|ip|domain|sender|sending) frequency limited/i,
    code: '45',
    verdict: 'later_slow_down',
  },
  { words: /^mailbox unavailable or access denied/i, code: '5', verdict: 'later' },
  { words: /mail content denied|suspected (spam|bounce attack)/i, code: '5', verdict: 'policy' },
  { words: /mail is rejected by recipients/i, code: '5', verdict: 'policy' },

  // NetEase 163 and 126: mail.163.com/help/help_spam_16.htm; XX:YYY names the rule.
  {
    words: /\b(HL:(REP|ICC|IFC|MEP)|MI:(CEL|DMC|CCL|SFQ|SPB|STC)|RP:(DRC|CCL|CEL|TRC|QRC)|DT:RBL|IR:ICC)\b/,
    code: '4',
    verdict: 'later_slow_down',
  },
  { words: /\b(DT:(SPM|SUM|RBL)|HL:(IHU|IPB)|MI:(NHD|SPB)|WM:BL[IU])\b/, code: '5', verdict: 'policy' },
  { words: /user suspended/i, code: '5', verdict: 'never_this_address' },

  // Amazon SES: docs.aws.amazon.com/ses "manage-sending-quotas-errors" and "troubleshoot-error-messages".
  {
    words: /throttling failure|maximum sending rate exceeded|daily message quota exceeded/i,
    code: '45',
    verdict: 'later_slow_down',
  },
  {
    words: /address is not verified|sending (is )?(paused|suspended|disabled)/i,
    code: '5',
    verdict: 'policy',
  },

  // Orange and Wanadoo: codes OFR… (postmaster.orange.fr); "too many connections, slow down" comes as 4xx and as 5xx.
  { words: /too many connections, slow down|trop de connexions/i, code: '45', verdict: 'later_slow_down' },

  // Cloudmark users (Charter, Cox, Telenet …) refuse a sender with 5.1.0, which would read as a bad recipient.
  { words: /AUP#|blocked using|_is_blocked|RBL \d{3}</i, code: '5', verdict: 'policy' },
  // Comcast: postmaster.comcast.net error codes RL… (rate) and BL… (block).
  { words: /\bRL0000\d\d\b/, code: '4', verdict: 'later_slow_down' },
  { words: /\bBL0000\d\d\b/, code: '5', verdict: 'policy' },
  // Deutsche Telekom: postmaster.t-online.de.
  { words: /tosa@rx\.t-online\.de/i, code: '5', verdict: 'policy' },
  // Proofpoint (ipcheck.proofpoint.com) and Mimecast (community.mimecast.com, "SMTP error codes").
  {
    words: /ipcheck\.proofpoint\.com|anti-spoofing policy|administrative prohibition/i,
    code: '5',
    verdict: 'policy',
  },

  // Exim: the words of its default configuration; Postfix: access(5) and verify(8).
  { words: /unrouteable address/i, code: '5', verdict: 'never_this_address' },
  {
    words: /sender verify failed|relay not permitted|relay(ing)? (access )?denied|unable to relay/i,
    code: '5',
    verdict: 'policy',
  },
];
