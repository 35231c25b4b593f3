import Handlebars from 'handlebars';
import { NAME_LENGTH, oneLine, SUBJECT_LENGTH } from './clean-text.ts';
import { conditionHelpers } from './helpers.ts';
import { closeGaps } from './plain-text.ts';
import type { CompiledEdition, PersonalMail, Recipient } from './types.ts';

/** What the subscriber's expressions are looked up in. */
type PersonalContext = ReturnType<typeof cleanRecipient>;

function compiler(): (
  source: string,
  options: { noEscape: boolean },
) => HandlebarsTemplateDelegate<PersonalContext> {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(conditionHelpers);
  const knownHelpers = Object.fromEntries(
    ['if', 'unless', ...Object.keys(conditionHelpers)].map((name) => [name, true]),
  );
  return (source, { noEscape }) =>
    handlebars.compile(source, {
      noEscape,
      knownHelpersOnly: true,
      knownHelpers,
      data: false,
      // The edition pass has settled all white space: a line with a condition alone is not to vanish again.
      ignoreStandalone: true,
    });
}

/** What a person typed as their name: one line, no control characters, of a length that a header bears. */
function cleanRecipient(recipient: Recipient) {
  const { email, name, firstName } = recipient.subscriber;
  const clean = (text: string | null) => (text === null ? null : oneLine(text, NAME_LENGTH));
  const subscriber = { email: oneLine(email, 320), name: clean(name), firstName: clean(firstName) };
  return { subscriber, links: recipient.links, recipient: { relatedIds: recipient.relatedIds } };
}

/**
 * Makes the function that fills an edition's slots for one recipient: values are escaped in the HTML, and as they
 * are in subject and text. Compiling costs some milliseconds, each mail after that some microseconds.
 */
export function createPersonaliser(compiled: CompiledEdition): (recipient: Recipient) => PersonalMail {
  const compile = compiler();
  const subject = compile(compiled.subject, { noEscape: true });
  const html = compile(compiled.html, { noEscape: false });
  const text = compile(compiled.text, { noEscape: true });
  return (recipient) => {
    const context = cleanRecipient(recipient);
    return {
      subject: oneLine(subject(context), SUBJECT_LENGTH),
      html: html(context),
      text: closeGaps(text(context)),
    };
  };
}
