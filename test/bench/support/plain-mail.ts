import Handlebars from 'handlebars';
import type { ExampleSubscriber } from '../../../src/cli/demo/example-subscribers.ts';
import { conditionHelpers } from '../../../src/rendering/helpers.ts';
import { createLinks } from '../../../src/rendering/links.ts';
import type { FrozenMail } from './edition.ts';

/** Links are signed in both programs; with what key does not matter to their cost. */
const LINKS = { publicUrl: 'https://news.example.com', secret: 'a secret of thirty-two letters or more' };
/** "You may also like" pieces in a mail. */
const RELATED = 3;

/**
 * What one would write first: Handlebars as it comes, compiled once, run for every mail; nodemailer does all the rest.
 * The same parts and headers as our own mails.
 */
export function plainMails(frozen: FrozenMail) {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(conditionHelpers);
  const { compiled } = frozen;
  const subject = handlebars.compile(compiled.subject, { noEscape: true });
  const html = handlebars.compile(compiled.html);
  const text = handlebars.compile(compiled.text, { noEscape: true });
  const links = createLinks(LINKS);
  const relatedIds = compiled.relatedIds.slice(0, RELATED);
  return (person: ExampleSubscriber, n: number) => {
    const unsubscribe = links.unsubscribe({ editionId: '1', deliveryId: String(n) }, String(n));
    const context = {
      subscriber: { email: person.email, name: person.name, firstName: person.name.split(' ')[0] },
      links: { unsubscribe, web: frozen.webUrl },
      recipient: { relatedIds },
    };
    return {
      from: { name: frozen.fromName, address: frozen.fromEmail },
      to: { name: person.name, address: person.email },
      subject: subject(context),
      html: html(context),
      text: text(context),
      headers: {
        'List-Unsubscribe': `<${unsubscribe}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        'List-Id': `${frozen.newsletterName} <${frozen.slug}.news.example.com>`,
        'List-Archive': `<${frozen.webUrl}>`,
        'List-Help': `<${frozen.newsletterUrl}>`,
        'Feedback-ID': `${frozen.number}:${frozen.slug}:news-example-com:broadsheet`,
        Precedence: 'bulk',
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
      },
    };
  };
}
