import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/ground/errors.ts';
import { parseSmtpUrl } from '../../src/relays/settings.ts';

function problemOf(value: string): Problem {
  try {
    parseSmtpUrl(value);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('SMTP_URL', () => {
  it('gives a bare relay the usual values', () => {
    expect(parseSmtpUrl('smtp://Mail.example.com')).toEqual([
      {
        name: 'mail.example.com:587',
        host: 'mail.example.com',
        port: 587,
        user: null,
        password: null,
        tls: 'starttls',
        connections: 5,
        rate: null,
      },
    ]);
  });

  it('reads several relays, their limits and percent-encoded secrets', () => {
    const [first, second, third] = parseSmtpUrl(
      ' smtp://user%40site:p%2Fa%3Ass%20w%C3%B6rd@a.example:2525?connections=20&rate=100  smtps://u:p@[::1]\nsmtp://127.0.0.1:25/?tls=off&rate=0.5 ',
    );
    expect(first).toMatchObject({
      user: 'user@site',
      password: 'p/a:ss wörd',
      tls: 'required',
      connections: 20,
      rate: 100,
    });
    expect(second).toMatchObject({ name: '[::1]:465', host: '::1', port: 465, tls: 'implicit' });
    expect(third).toMatchObject({ name: '127.0.0.1:25', tls: 'off', rate: 0.5, user: null });
  });

  it.each([
    ['smtp://a.example', 'starttls'],
    ['smtp://u:p@a.example', 'required'],
    ['smtp://u:p@a.example?tls=starttls', 'starttls'],
    ['smtp://u:p@a.example?tls=off', 'off'],
    ['smtp://a.example?tls=required', 'required'],
    ['smtps://a.example', 'implicit'],
  ])('%s uses TLS as %s', (url, tls) => {
    expect(parseSmtpUrl(url)[0]?.tls).toBe(tls);
  });

  it.each([
    ['   ', /names no relay/],
    ['mail.example.com:25', /address 1 must start with smtp/],
    ['http://a.example', /must start with smtp/],
    ['smtp://', /cannot be read|names no host/],
    ['smtp://a.example:99999', /cannot be read/],
    ['smtp://a.example:0', /port 0/],
    ['smtp://bad%20host', /names no host/],
    ['smtp://user@a.example', /user without a password/],
    ['smtp://:s3cret@a.example', /password without a user/],
    ['smtp://u:s3cret%@a.example', /starts no code/],
    ['smtp://u:s3cret%00@a.example', /NUL/],
    ['smtp://u:99/s3cret@a.example', /is no setting/],
    ['smtp://a.example?conections=5', /setting other than/],
    ['smtp://a.example?rate=1&rate=2', /one of them twice/],
    ['smtp://a.example?connections=0', /wrong connections/],
    ['smtp://a.example?connections=2.5', /wrong connections/],
    ['smtp://a.example?rate=0', /wrong rate/],
    ['smtp://a.example?rate=fast', /wrong rate/],
    ['smtp://a.example?tls=yes', /wrong tls/],
    ['smtps://a.example?tls=off', /leave tls out/],
    ['smtp://a.example smtp://a.example:587', /named twice/],
  ])('refuses %s', (value, sentence) => {
    expect(problemOf(value)).toMatchObject({ kind: 'bad_input', message: expect.stringMatching(sentence) });
  });

  it('tells everything wrong at once', () => {
    const { message } = problemOf(
      'smtp://a.example?tls=maybe&rate=-1 ftp://b.example smtp://c.example?connections=x',
    );
    expect(message.split('\n')).toHaveLength(5);
    expect(message).toMatch(/address 1 .*tls[\s\S]*address 1 .*rate[\s\S]*address 2 [\s\S]*address 3 /);
  });

  it.each([
    'smtp://u:s3cret@a.example?tls=maybe',
    'smtp://u:12/s3cret@a.example',
    'smtp://u:1?s3cret=1@a.example',
    'smtp://u:s3cret?x@a.example',
    'smtp://u:s3cret/x@a.example',
    'smtp://u:7#s3cret@a.example',
    's3cret@a.example',
    'smtp://u:s3cret@a.example smtp://u:s3cret@a.example',
  ])('never repeats the password of %s', (value) => {
    expect(problemOf(value).message).not.toMatch(/s3cret/i);
  });
});
