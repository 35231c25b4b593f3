import { describe, expect, test } from 'vitest';
import { parseEmail, readEmail } from '../../src/subscribers/email.ts';

const LABEL = 'd'.repeat(63);

describe('readEmail', () => {
  test.each([
    ['ann@example.com', 'ann@example.com'],
    ['Ann.Lee+News@Example.COM', 'ann.lee+news@example.com'],
    ["o'hara_1/x=y@sub.example.org", "o'hara_1/x=y@sub.example.org"],
    ['post@KÖLN.example', 'post@xn--kln-sna.example'],
    ['post@xn--kln-sna.example', 'post@xn--kln-sna.example'],
    ['jörg@example.com', 'jörg@example.com'],
    ['JO\u0308RG@example.com', 'jörg@example.com'],
    ['用户@例子。测试', '用户@xn--fsqu00a.xn--0zwm56d'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('takes %s', (text, key) => {
    expect(readEmail(text)).toEqual({ email: text.normalize('NFC'), key });
  });

  test.each([
    ['', 'empty'],
    ['ann', 'no @'],
    ['@example.com', 'before the @'],
    ['ann@', 'after the @'],
    ['ann@example', 'no dot'],
    ['ann@@example.com', 'before the @'],
    ['.ann@example.com', 'a dot stands first'],
    ['a..b@example.com', 'a dot stands first'],
    ['ann.@example.com', 'a dot stands first'],
    ['ann lee@example.com', 'a space'],
    [' ann@example.com', 'a space'],
    ['ann@example.com\r\nRCPT TO:<x@example.com>', 'cannot be seen'],
    ['ann\u200b@example.com', 'cannot be seen'],
    ['an\ufffdn@example.com', 'cannot be seen or read'],
    ['"ann lee"@example.com', 'a space'],
    ['"ann"@example.com', 'quoted'],
    ['ann(work)@example.com', 'comments'],
    ['ann@[127.0.0.1]', 'brackets'],
    ['ann@127.0.0.1', 'ends in a number'],
    ['ann@ex%61mple.com', 'not a domain name'],
    ['ann@-example.com', 'not a domain name'],
    ['ann@exa_mple.com', 'not a domain name'],
    ['ann@example..com', 'not a domain name'],
    ['ann@example.com.', 'not a domain name'],
    ['ann@xn--0.example', 'not a domain name'],
    ['ann@💌.example', 'not a domain name'],
    ['Ann<ann@example.com>', 'before the @'],
    ['a,b@example.com', 'before the @'],
    [`${'a'.repeat(65)}@example.com`, 'more than 64'],
    [`${'ö'.repeat(33)}@example.com`, 'more than 64'],
    [`a@${LABEL}d.example`, 'not a domain name'],
    [`a@${LABEL}.${LABEL}.${LABEL}.${LABEL}.example`, 'longer than 254'],
    ['a'.repeat(100_000), 'longer than 254'],
  ])('refuses %j', (text, reason) => {
    expect(readEmail(text)).toEqual({ reason: expect.stringContaining(reason) });
  });

  test('a refusal quotes no control characters', () => {
    expect(() => parseEmail('a\u001b[2Jb')).toThrow('"a?[2Jb" is not an address');
  });
});
