import { describe, expect, it } from 'vitest';
import { deriveKey, signToken } from '../../src/ground/signing.ts';
import { createLinks } from '../../src/rendering/links.ts';
import { messageId, readMessageId } from '../../src/rendering/message-id.ts';

const secret = 'a secret of at least thirty-two characters';
const links = createLinks({ publicUrl: 'https://news.example', secret, bounceDomain: 'bounce.example' });
const delivery = { editionId: '42', deliveryId: '123456789' };

function tokenOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

describe('links', () => {
  it('lead to the newsletter and its editions', () => {
    expect(links.newsletter('weekly')).toBe('https://news.example/n/weekly');
    expect(links.edition('weekly', 7)).toBe('https://news.example/n/weekly/7');
    expect(links.newsletter('a/b?c')).toBe('https://news.example/n/a%2Fb%3Fc');
  });

  it('unsubscribe by a token that says who and what', () => {
    const url = links.unsubscribe(delivery, '987654321');
    expect(url).toMatch(/^https:\/\/news\.example\/unsubscribe\/[\w-]+$/);
    expect(links.readUnsubscribe(tokenOf(url))).toEqual({ ...delivery, subscriptionId: '987654321' });
  });

  it('unsubscribe by mail with the same token, in a mailbox name of at most 64 octets', () => {
    const mailto = links.unsubscribeMailto(
      { editionId: '60466175', deliveryId: '78364164095' },
      '78364164095',
    );
    expect(mailto).toMatch(/^mailto:leave\+[\w-]{1,58}@bounce\.example$/);
    const token = /\+(.*)@/.exec(mailto ?? '')?.[1] ?? '';
    expect(links.readUnsubscribe(token)?.deliveryId).toBe('78364164095');
    expect(createLinks({ publicUrl: 'x', secret }).unsubscribeMailto(delivery, '1')).toBeNull();
  });

  it('keep the largest ids of the database', () => {
    const most = '9223372036854775807';
    const token = tokenOf(links.unsubscribe({ editionId: most, deliveryId: most }, most));
    expect(links.readUnsubscribe(token)).toEqual({ subscriptionId: most, editionId: most, deliveryId: most });
  });

  it('refuse a token that is changed, of another kind, another key or another shape', () => {
    const token = tokenOf(links.unsubscribe(delivery, '1'));
    for (let at = 0; at < token.length; at++) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      expect(links.readUnsubscribe(changed)).toBeNull();
    }
    for (const bad of ['', '.', token.slice(1), `${token}A`, 'x'.repeat(5000)])
      expect(links.readUnsubscribe(bad)).toBeNull();
    const other = createLinks({ publicUrl: 'x', secret: secret.toUpperCase() });
    expect(other.readUnsubscribe(token)).toBeNull();
    expect(links.readUnsubscribe(signToken(deriveKey(secret, 'confirm'), '1.2.3'))).toBeNull();
    const key = deriveKey(secret, 'unsubscribe');
    for (const payload of ['1.2', '1.2.3.4', '1..3', '1.2.-3', '1.2.zzzzzzzzzzzzz', ' 1.2.3'])
      expect(links.readUnsubscribe(signToken(key, payload)), payload).toBeNull();
  });
});

describe('Message-ID', () => {
  const key = deriveKey(secret, 'message-id');

  it('is the same on every attempt, and tells edition and delivery', () => {
    const id = messageId({ ...delivery, domain: 'News.Example', key });
    expect(id).toMatch(/^<16\.21i3v9\.[0-9a-z]{8}@news\.example>$/);
    expect(messageId({ ...delivery, domain: 'news.example', key })).toBe(id);
    expect(readMessageId(id, key)).toEqual(delivery);
    expect(readMessageId(` ${id.slice(1, -1).toUpperCase()}\n`, key)).toEqual(delivery);
  });

  it('of another delivery, key or program is not ours', () => {
    const id = messageId({ ...delivery, domain: 'news.example', key });
    expect(readMessageId(id.replace('21i3v9', '21i3va'), key)).toBeNull();
    expect(readMessageId(id, deriveKey(secret, 'other'))).toBeNull();
    for (const other of ['', '<a@b>', '<1.2.3@x>', '<CAF1.2.abc@mail.gmail.com>', `${id} <x@y>`])
      expect(readMessageId(other, key)).toBeNull();
  });
});
