import MailComposer from 'nodemailer/lib/mail-composer';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../src/mailbox/message.ts';

function compose(options: ConstructorParameters<typeof MailComposer>[0]): Promise<Buffer> {
  return new MailComposer(options).compile().build();
}

describe('a mail taken apart', () => {
  test('has its headers as sent, its text and its html', async () => {
    const source = await compose({
      from: 'The News <news@example.com>',
      to: 'ada@example.org',
      subject: 'Blöcke der Woche',
      text: 'Grüße, Ada',
      html: '<h1>Grüße</h1>',
      headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    });
    const message = await parseMessage(source);
    expect(message).toMatchObject({
      from: '"The News" <news@example.com>',
      to: 'ada@example.org',
      subject: 'Blöcke der Woche',
      html: '<h1>Grüße</h1>',
      attachments: [],
      unreadable: false,
    });
    expect(message.text?.trim()).toBe('Grüße, Ada');
    expect(message.headers).toContainEqual({
      name: 'List-Unsubscribe-Post',
      value: 'List-Unsubscribe=One-Click',
    });
    expect(message.headers[0]?.name).toBe('List-Unsubscribe-Post');
  });

  test('shows no part that was not sent', async () => {
    const onlyHtml = await parseMessage(await compose({ html: '<p>Hi</p>' }));
    expect([onlyHtml.text, onlyHtml.html?.trim()]).toEqual([null, '<p>Hi</p>']);
    const onlyText = await parseMessage(await compose({ text: 'Hi' }));
    expect([onlyText.text?.trim(), onlyText.html]).toEqual(['Hi', null]);
  });

  test('unfolds headers, and reads UTF-8 in them', async () => {
    const { headers } = await parseMessage(
      Buffer.from('Subject: one\r\n two\r\nTo: Müller <ü@example.org>\r\n\r\nHi'),
    );
    expect(headers).toEqual([
      { name: 'Subject', value: 'one two' },
      { name: 'To', value: 'Müller <ü@example.org>' },
    ]);
  });

  test('puts pictures of its own into the html, and names attachments', async () => {
    const source = await compose({
      html: '<img src="cid:logo" alt="Logo">',
      attachments: [
        { cid: 'logo', filename: 'logo.png', contentType: 'image/png', content: Buffer.from('png') },
        { filename: 'report.pdf', contentType: 'application/pdf', content: Buffer.from('12345') },
      ],
    });
    const message = await parseMessage(source);
    expect(message.html).toContain('src="data:image/png;base64,cG5n"');
    expect(message.attachments).toContainEqual({ name: 'report.pdf', type: 'application/pdf', size: 5 });
  });

  test('never throws: what cannot be taken apart is called unreadable', async () => {
    const parts = '--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'.repeat(1_200);
    const message = await parseMessage(
      Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}`),
    );
    expect(message.unreadable).toBe(true);
  });
});
