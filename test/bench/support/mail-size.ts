import MailComposer from 'nodemailer/lib/mail-composer';
import type { FrozenMail } from './edition.ts';
import { plainMails } from './plain-mail.ts';

/** Bytes of one mail of an edition on the wire, as nodemailer composes it. */
export async function frozenSize(frozen: FrozenMail): Promise<number> {
  const person = { email: 'ana.ruiz@example.com', name: 'Ana Ruiz', timeZone: 'UTC', topics: [] };
  const message = await new MailComposer(plainMails(frozen)(person, 1)).compile().build();
  return message.length;
}
