import { describe, expect, it } from 'vitest';
import { parseReply } from '../../src/relays/parse-reply.ts';
import { readReply, type Stage } from '../../src/relays/reply.ts';
import type { Verdict } from '../../src/relays/types.ts';

/** In the manner of real servers, with made-up names and numbers. */
const REPLIES: readonly (readonly [Verdict, string])[] = [
  // Accepted
  ['accepted', '250 2.0.0 Ok: queued as 4TnYx12Zz9z3kBL'],
  ['accepted', '250 OK'],
  ['accepted', '251 User not local; will forward'],
  // The relay, not the mail
  ['relay_trouble', '421 4.3.2 Service shutting down, closing channel'],
  ['relay_trouble', '421 relay.example Service not available'],
  ['relay_trouble', '421 Max message per connection reached, closing transmission channel'],
  ['relay_trouble', '421 4.4.2 mx.example Error: timeout exceeded'],
  ['credentials', '530 5.7.0 Authentication required'],
  ['credentials', '530 5.7.57 Client not authenticated to send mail'],
  ['credentials', '534 5.7.9 Application-specific password required'],
  ['credentials', '535 5.7.8 Error: authentication failed'],
  ['credentials', '535 Authentication Credentials Invalid'],
  ['credentials', '538 5.7.11 Encryption required'],
  // Later
  ['later', '450 4.2.0 <ann@example.org>: Recipient address rejected: Greylisted, try again in 300 seconds'],
  ['later', '450 4.7.1 <ann@example.org>: Recipient address rejected: Greylisting in action'],
  ['later', '451 4.3.0 Mail server temporarily rejected message'],
  ['later', '451 Temporary local problem - please try later'],
  ['later', '452 4.3.1 Insufficient system storage'],
  ['later', '450 4.1.1 <ann@example.org>: unverified address'],
  ['later', '450 5.1.1 <ann@example.org>: User unknown (soft bounce)'],
  ['later', '451 mta1.yahoo.example Resources temporarily unavailable. Please try again later [#4.16.1].'],
  ['later', '450 4.2.1 The user you are trying to contact is receiving mail too quickly. - gsmtp'],
  [
    'later',
    '550 5.2.1 The user you are trying to contact is receiving mail at a rate that is too high - gsmtp',
  ],
  ['later', '550 Mailbox unavailable or access denied. http://service.mail.qq.example/'],
  ['later', '503 5.5.1 Bad sequence of commands'],
  ['later', '554 Transaction failed'],
  ['later', '550 Requested action not taken'],
  ['later', '571 Something new'],
  // Later, and slower
  [
    'later_slow_down',
    '421-4.7.28 Our system has detected an unusual rate of unsolicited mail\n421 4.7.28 from your address. - gsmtp',
  ],
  [
    'later_slow_down',
    '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume',
  ],
  [
    'later_slow_down',
    '451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.',
  ],
  ['later_slow_down', '421 RP-001 (XX-1) Some messages exceeded the rate limit'],
  ['later_slow_down', '432 4.3.2 Sender thread limit exceeded'],
  [
    'later_slow_down',
    '550 5.1.90 Your message can not be sent: you have reached your daily limit for message recipients',
  ],
  ['later_slow_down', '550 5.4.5 Daily user sending limit exceeded. - gsmtp'],
  ['later_slow_down', '454 Throttling failure: Maximum sending rate exceeded.'],
  ['later_slow_down', '454 Throttling failure: Daily message quota exceeded.'],
  ['later_slow_down', '550 Connection frequency limited. http://service.mail.qq.example/'],
  ['later_slow_down', '550 Sender frequency limited'],
  ['later_slow_down', '451 MI:SFQ 163 smtp1,too many in 15 minutes'],
  ['later_slow_down', '421 HL:ICC 163 smtp2,too many connections'],
  ['later_slow_down', '450 4.7.1 Error: too much mail from 192.0.2.1'],
  ['later_slow_down', '452 4.5.3 Error: too many recipients'],
  ['later_slow_down', '421 mwinf1 ME Too many connections, slow down. OFR004_104'],
  ['later_slow_down', '421 4.1.0 192.0.2.1 Throttled - RL000001'],
  ['later_slow_down', '450 4.7.1 [CS01] Message deferred due to local policy'],
  ['later_slow_down', '421 Reject due to policy violations.'],
  // This address never
  [
    'never_this_address',
    '550-5.1.1 The email account that you tried to reach does not exist.\n550 5.1.1 - gsmtp',
  ],
  ['never_this_address', '550 5.2.1 The email account that you tried to reach is inactive. - gsmtp'],
  [
    'never_this_address',
    '550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown in local recipient table',
  ],
  ['never_this_address', '554 5.1.1 user unknown'],
  ['never_this_address', '553 5.1.3 Bad recipient address syntax'],
  ['never_this_address', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup'],
  [
    'never_this_address',
    '550 5.4.1 Recipient address rejected: Access denied. [XX1.prod.protection.outlook.example]',
  ],
  ['never_this_address', '550 5.5.0 Requested action not taken: mailbox unavailable'],
  [
    'never_this_address',
    "554 delivery error: dd This user doesn't have a yahoo.example account (ann@yahoo.example)",
  ],
  [
    'never_this_address',
    '554 delivery error: dd Sorry, your message cannot be delivered. This mailbox is disabled',
  ],
  ['never_this_address', '550 Mailbox not found. http://service.mail.qq.example/'],
  ['never_this_address', '550 User not found: ann@163.example'],
  ['never_this_address', '550 User suspended'],
  ['never_this_address', '550 Unrouteable address'],
  ['never_this_address', '550 No such user here'],
  ['never_this_address', '551 Unknown recipient'],
  ['never_this_address', '556 This domain takes no mail'],
  [
    'never_this_address',
    '550-Requested action not taken: mailbox unavailable\n550 For explanation visit https://postmaster.gmx.example/',
  ],
  ['never_this_address', '550 5.1.1 Adresse inconnue. Invalid recipient. OFR204_416'],
  // This address not now
  ['mailbox_full', '452 4.2.2 The email account that you tried to reach is over quota. - gsmtp'],
  ['mailbox_full', '552 5.2.2 <ann@icloud.example>: user is over quota'],
  ['mailbox_full', '552 Requested mail action aborted: exceeded storage allocation'],
  ['mailbox_full', '550 Mailbox is full'],
  ['mailbox_full', '554 5.2.2 mailbox full'],
  // Us, not the person
  [
    'policy',
    '550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n550 5.7.26 - gsmtp',
  ],
  [
    'policy',
    '550-5.7.1 Our system has detected that this message is likely unsolicited mail.\n550 5.7.1 - gsmtp',
  ],
  [
    'policy',
    '552-5.7.0 This message was blocked because its content presents a potential security issue.\n552 5.7.0 - gsmtp',
  ],
  [
    'policy',
    "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent: part of their network is on our block list (S3140).",
  ],
  ['policy', '550 SC-001 (XX-1) Unfortunately, messages were not sent'],
  ['policy', '553 5.7.2 [TSS09] All messages from 192.0.2.1 will be permanently deferred'],
  ['policy', '554 Message not allowed - [PH01] Email not accepted for policy reasons'],
  ['policy', '550 5.7.1 [CS01] Message rejected due to local policy'],
  ['policy', '554 5.7.1 [HM08] Message rejected due to local policy'],
  [
    'policy',
    '554-gmx.example (mxgmx1) ESMTP Service not available\n554-No SMTP service\n554 IP address is block listed.',
  ],
  [
    'policy',
    '554-Transaction failed\n554-Reject due to policy restrictions.\n554 For explanation visit https://x.example/',
  ],
  ['policy', '550 Mail content denied. http://service.mail.qq.example/'],
  ['policy', '554 DT:SPM 163 smtp9,please see http://mail.163.example/'],
  ['policy', '550 5.1.8 Access denied, bad outbound sender'],
  ['policy', '553 5.1.8 <news@example.com>... Domain of sender address does not exist'],
  ['policy', '550 5.1.0 <news@example.com> sender rejected. AUP#1234'],
  ['policy', '550 Domain of sender address news@example.com does not exist'],
  ['policy', '550 Sender verify failed'],
  ['policy', '550 relay not permitted'],
  ['policy', '554 5.7.1 <ann@example.org>: Relay access denied'],
  [
    'policy',
    '554 Message rejected: Email address is not verified. The following identities failed: news@example.com',
  ],
  ['policy', '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.example'],
  ['policy', '554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1'],
  ['policy', '554 IP=192.0.2.1 - A problem occurred. (contact tosa@rx.t-online.de)'],
  ['policy', '553 5.3.0 flph1 DNSBL:RBL 521< 192.0.2.1 >_is_blocked.'],
  ['policy', '550 Administrative prohibition - envelope blocked'],
  // This mail
  ['never_this_message', '552 5.3.4 Message size exceeds fixed limit'],
  ['never_this_message', '552-5.3.4 Your message exceeded our message size limits.\n552 5.3.4 - gsmtp'],
  ['never_this_message', '554 5.6.0 Mail message is malformed. Not accepted. - gsmtp'],
  ['never_this_message', '554 5.6.1 Body type not supported by remote host'],
  ['never_this_message', '552 Message size exceeds maximum permitted'],
  ['never_this_message', '550 Message too large'],
];

function read(response: string, stage?: Stage): Verdict {
  const reply = parseReply(response);
  if (!reply) throw new Error(`no reply: ${response}`);
  return readReply(reply, stage);
}

describe('what a reply means', () => {
  it.each(REPLIES)('%s: %s', (verdict, response) => {
    expect(read(response)).toBe(verdict);
  });

  it('never condemns the recipient for what was said about the sender', () => {
    expect(read('550 5.1.1 User unknown', 'mail')).toBe('policy');
    expect(read('552 5.2.2 mailbox full', 'mail')).toBe('policy');
    expect(read('452 4.2.2 over quota', 'mail')).toBe('later');
    expect(read('550 5.1.1 User unknown', 'rcpt')).toBe('never_this_address');
  });
});
