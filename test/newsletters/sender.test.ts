import { describe, expect, test } from 'vitest';
import { readSender } from '../../src/newsletters/sender.ts';

describe('readSender', () => {
  test.each([
    ['news@example.com', '', 'news@example.com'],
    ['<news@example.com>', '', 'news@example.com'],
    ['Weekly Dose <news@example.com>', 'Weekly Dose', 'news@example.com'],
    ['"Dose, Weekly" <news@example.com>', 'Dose, Weekly', 'news@example.com'],
    ['Köln <post@köln.example>', 'Köln', 'post@xn--kln-sna.example'],
    ['  A <a.b+c@Mail.Example.ORG>  ', 'A', 'a.b+c@mail.example.org'],
  ])('takes %s', (text, name, email) => {
    expect(readSender(text)).toEqual({ name, email });
  });

  test.each([
    '',
    'Weekly Dose',
    'Weekly news@example.com',
    'Weekly <news@example.com',
    'Weekly <news@example.com> trailing',
    'A <a@example.com> <b@example.com>',
    'a@example.com, b@example.com',
    'Group: a@example.com;',
    'A <a@localhost>',
    'A <a@-x.example>',
    'A <a@127.0.0.1>',
    'A <a@ex%61mple.com>',
    'A <.a@example.com>',
    'A <"a b"@example.com>',
    'A <jörg@example.com>',
    'A\r\nBcc: x@example.com <a@example.com>',
    `A <${'a'.repeat(65)}@example.com>`,
    `${'x'.repeat(700)} <a@example.com>`,
  ])('refuses %j', (text) => {
    expect(readSender(text)).toBeNull();
  });
});
