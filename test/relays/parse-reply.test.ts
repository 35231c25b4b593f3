import { describe, expect, it } from 'vitest';
import { parseReply, queueIdOf, replyOfError } from '../../src/relays/parse-reply.ts';

describe('parseReply', () => {
  it('parts digits, enhanced code and words', () => {
    expect(parseReply('250 2.0.0 Ok: queued as 4XyZ')).toEqual({
      code: 250,
      enhanced: '2.0.0',
      text: 'Ok: queued as 4XyZ',
    });
  });

  it('makes one line of several', () => {
    expect(parseReply('550-5.1.1 The account\n550-5.1.1 that you tried\n550 5.1.1 is not here')).toEqual({
      code: 550,
      enhanced: '5.1.1',
      text: 'The account that you tried is not here',
    });
  });

  it('finds an enhanced code that only a later line has', () => {
    expect(parseReply('554-no thanks\r\n554 5.7.1 go away')).toMatchObject({
      enhanced: '5.7.1',
      text: 'no thanks go away',
    });
  });

  it.each([
    ['452', { code: 452, enhanced: null, text: '' }],
    ['421-\n421 bye', { code: 421, enhanced: null, text: 'bye' }],
    ['550 5.1 odd', { code: 550, enhanced: null, text: '5.1 odd' }],
    ['550 1.2.3.4 is listed', { code: 550, enhanced: null, text: '1.2.3.4 is listed' }],
    ['550 5.1.1: with a colon', { code: 550, enhanced: null, text: '5.1.1: with a colon' }],
  ])('reads %j', (response, reply) => {
    expect(parseReply(response)).toEqual(reply);
  });

  it.each(['', 'hello', '55 short', '5501 long', '999 no such class', '100 no reply code'])(
    'refuses %j',
    (response) => {
      expect(parseReply(response)).toBeNull();
    },
  );

  it('removes what could deceive a reader and cuts what is endless', () => {
    expect(parseReply('550 a\u0000b\u001b[31mc\u202ed\te')?.text).toBe('a b [31mc d e');
    expect(parseReply(`550 ${'😀'.repeat(5_000)}`)?.text).toHaveLength(1_000);
    expect(parseReply(`550 x${'😀'.repeat(5_000)}`)?.text.isWellFormed()).toBe(true);
  });

  it('reads the reply that an error of the client carries', () => {
    expect(replyOfError(Object.assign(new Error('no'), { response: '451 4.3.0 later' }))?.code).toBe(451);
    expect(replyOfError(new Error('no'))).toBeNull();
    expect(replyOfError('no')).toBeNull();
  });
});

describe('queueIdOf', () => {
  it.each([
    ['250 2.0.0 Ok: queued as 4TnYx12Zz9z3kBL', '4TnYx12Zz9z3kBL'],
    ['250 Ok: queued as 9b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0.', '9b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0'],
    ['250 OK id=1tAbCd-00000002wXy-3Zz1', '1tAbCd-00000002wXy-3Zz1'],
    ['250 Requested mail action okay, completed: id=1MxYz0-1tAbCd1Efg-00HiJk', '1MxYz0-1tAbCd1Efg-00HiJk'],
    [
      '250 2.0.0 OK  1731000000 5b1f17b1804b1-432aa6d8e9fsi1234567f8f.42 - gsmtp',
      '5b1f17b1804b1-432aa6d8e9fsi1234567f8f.42',
    ],
    [
      '250 Ok 0100019300abcdef-1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809-000000',
      '0100019300abcdef-1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809-000000',
    ],
    [
      '250 2.6.0 <d-1@example.com> [InternalId=8123456789012, Hostname=XX1.example] Queued mail for delivery',
      '8123456789012',
    ],
    ['250 ok 1731000000 qp 31415', '31415'],
    ['250 2.0.0 4A7Bc9De012345 Message accepted for delivery', '4A7Bc9De012345'],
    ['250 2.0.0 OK 5F/7A-00123-ABCDEF12', '5F/7A-00123-ABCDEF12'],
    ['250 Message queued (A1B2C3D4-E5F6.1)', 'A1B2C3D4-E5F6.1'],
    ['250 2.0.0 Thanks, bye', null],
  ])('%s', (response, id) => {
    const reply = parseReply(response);
    expect(reply && queueIdOf(reply)).toBe(id);
  });
});
