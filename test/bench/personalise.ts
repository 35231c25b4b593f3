import MailComposer from 'nodemailer/lib/mail-composer';
import { type ExampleSubscriber, exampleSubscribers } from '../../src/cli/demo/example-subscribers.ts';
import { deriveKey } from '../../src/ground/signing.ts';
import { editionHeaders } from '../../src/rendering/headers.ts';
import { createLinks } from '../../src/rendering/links.ts';
import { buildMessage, textEncodingOf } from '../../src/rendering/message.ts';
import { messageId } from '../../src/rendering/message-id.ts';
import { createPersonaliser } from '../../src/rendering/personalise.ts';
import { type BenchContext, type Benchmark, type Measured, median, timed } from './bench.ts';
import { type FrozenMail, frozenMailOf, makeEdition } from './support/edition.ts';
import { inPlace, withApp } from './support/place.ts';
import { plainMails } from './support/plain-mail.ts';

const MAILS = 300;
const ROUNDS = 5;
const SECRET = 'a secret of thirty-two letters or more';
const DOMAIN = 'news.example.com';
const RELATED = 3;

/** A step of making the n-th person's mail. */
type Step = (person: ExampleSubscriber, n: number) => unknown;

/** Our own steps, each as the delivering process does it. */
function ourSteps(frozen: FrozenMail) {
  const links = createLinks({ publicUrl: 'https://news.example.com', secret: SECRET });
  const key = deriveKey(SECRET, 'message-id');
  const personaliser = createPersonaliser(frozen.compiled);
  const textEncoding = textEncodingOf(frozen.compiled.html);
  const relatedIds = frozen.compiled.relatedIds.slice(0, RELATED);
  const refOf = (n: number) => ({ editionId: '1', deliveryId: String(n) });
  const personalise = (person: ExampleSubscriber, n: number) =>
    personaliser({
      subscriber: { email: person.email, name: person.name, firstName: person.name.split(' ')[0] ?? null },
      links: { unsubscribe: links.unsubscribe(refOf(n), String(n)), web: frozen.webUrl },
      relatedIds,
    });
  const headersOf = (n: number) =>
    editionHeaders({
      newsletter: { slug: frozen.slug, name: frozen.newsletterName },
      domain: DOMAIN,
      editionNumber: frozen.number,
      unsubscribe: { https: links.unsubscribe(refOf(n), String(n)), mailto: null },
      archive: frozen.webUrl,
      help: frozen.newsletterUrl,
      install: DOMAIN,
    });
  const whole = (person: ExampleSubscriber, n: number) =>
    buildMessage({
      mail: personalise(person, n),
      from: { name: frozen.fromName, address: frozen.fromEmail },
      replyTo: null,
      to: { name: person.name, address: person.email },
      date: new Date(),
      messageId: messageId({ ...refOf(n), domain: DOMAIN, key }),
      headers: headersOf(n),
      textEncoding,
    });
  return { personalise, whole };
}

/** Microseconds a mail. */
async function microseconds(people: readonly ExampleSubscriber[], step: Step): Promise<number> {
  const { seconds } = await timed(async () => {
    for (const [n, person] of people.entries()) await step(person, n + 1);
  });
  return (seconds * 1_000_000) / people.length;
}

/** In turns, so that a busy moment of the machine falls on all; the median of the rounds. */
async function measure(context: BenchContext, frozen: FrozenMail): Promise<Measured> {
  const people = Array.from(exampleSubscribers(context.sizes.mails ?? MAILS));
  const { personalise, whole } = ourSteps(frozen);
  const mailFor = plainMails(frozen);
  const plain: Step = (person, n) => new MailComposer(mailFor(person, n)).compile().build();
  const found = { personalise: [0], whole: [0], plain: [0] };
  const [first] = people;
  const bytes = first === undefined ? 0 : (await whole(first, 1)).length;
  const rounds = context.sizes.rounds ?? ROUNDS;
  // The first round warms up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    if (round === 1) Object.assign(found, { personalise: [], whole: [], plain: [] });
    found.personalise.push(await microseconds(people, personalise));
    found.whole.push(await microseconds(people, whole));
    found.plain.push(await microseconds(people, plain));
  }
  const ours = median(found.whole);
  const theirs = median(found.plain);
  const handlebars = median(found.personalise);
  return {
    kind: 'measured',
    setUp: `mails of ${(bytes / 1000).toFixed(1)} KB, ${people.length} in each of ${rounds} rounds`,
    figures: [
      { what: 'subject, HTML and text filled (createPersonaliser)', value: handlebars, unit: 'µs/mail' },
      { what: 'headers and MIME (buildMessage), the difference', value: ours - handlebars, unit: 'µs/mail' },
      { what: 'both: bytes ready for the socket', value: ours, unit: 'µs/mail' },
      { what: 'Handlebars and nodemailer’s own composing', value: theirs, unit: 'µs/mail' },
    ],
    ratios: [
      { what: 'time: nodemailer’s own ÷ ours', value: theirs / ours, goal: null },
      { what: 'ours ÷ 120 µs', value: ours / 120, goal: '≤ 1' },
    ],
    notes: [],
  };
}

/** Making a mail's bytes, against Handlebars and nodemailer as they come. */
export const personalise: Benchmark = {
  name: 'personalise',
  about: 'a claimed row to the bytes of its mail, against nodemailer’s own composing',
  run: (context) =>
    inPlace(null, async ({ env }) => {
      const frozen = await withApp(env, async (app) =>
        frozenMailOf(app, await makeEdition(app, async () => {})),
      );
      return measure(context, frozen);
    }),
};
