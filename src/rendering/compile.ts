import Handlebars from 'handlebars';
import mjml2html from 'mjml';
import { messageOf, Problem } from '../ground/errors.ts';
import { oneLine } from './clean-text.ts';
import { cleanContent } from './content.ts';
import { type EditionPass, type PassFile, runEditionPass, sourceLine } from './edition-pass.ts';
import { plainText } from './plain-text.ts';
import { Slots } from './slots.ts';
import { protectSlots } from './structure.ts';
import { handlebarsProblem, templateProblem } from './template-problem.ts';
import type { CompiledEdition, EditionContent, TemplateSource } from './types.ts';

/** Matches nothing, anywhere. */
const NEVER = { start: '(?!)', end: '(?!)' };

const MJML_OPTIONS = {
  validationLevel: 'strict',
  // Web fonts would be a style sheet from elsewhere, which mail clients drop.
  fonts: {},
  keepComments: false,
  // What writes styles into elements would set aside what looks like a template's code, also in an article's text.
  juicePreserveTags: { HBS: NEVER, EJS: NEVER },
} as const;

/**
 * The edition pass: fills a template with an edition's content, renders MJML once and derives the plain text, so
 * that only what differs from subscriber to subscriber is left (see {@link CompiledEdition}).
 * @throws Problem (`bad_input`), one sentence with file and line, when the template cannot be used.
 */
export async function compileEdition(
  template: TemplateSource,
  content: EditionContent,
): Promise<CompiledEdition> {
  const pass = editionPass(template, content);
  const file = (name: string, source: string, kind: PassFile['kind']): PassFile => ({
    file: `${template.name}/${name}`,
    source,
    kind,
  });
  const subject = oneLine(runEditionPass(pass, file('subject.txt', template.subject, 'text')), 10_000);
  if (subject === '')
    throw templateProblem({ file: `${template.name}/subject.txt` }, 'the subject is empty.');
  const html = await renderBody(pass, file('body.mjml', template.body, 'html'));
  const text =
    template.text === null ? plainText(html) : runEditionPass(pass, file('body.txt', template.text, 'text'));
  return {
    subject: readable(`${template.name}/subject.txt`, pass.slots.toSource(subject)),
    html: readable(`${template.name}/body.mjml`, pass.slots.toSource(html)),
    text: readable(
      `${template.name}/${template.text === null ? 'body.mjml' : 'body.txt'}`,
      pass.slots.toSource(text),
    ),
    relatedIds: content.related.map((article) => article.id),
  };
}

function editionPass(template: TemplateSource, content: EditionContent): EditionPass {
  const { language, timeZone } = content.newsletter;
  try {
    new Intl.DateTimeFormat(language, { timeZone });
  } catch (error) {
    throw new Problem('bad_input', `The newsletter's language or time zone is wrong: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  const slots = new Slots(JSON.stringify([template, content]));
  return { content: cleanContent(content), language, timeZone, slots };
}

async function renderBody(pass: EditionPass, file: PassFile): Promise<string> {
  const filled = runEditionPass(pass, file);
  const lineAt = (index: number) => filled.slice(0, index).split('\n').length;
  const fail = (outputLine: number, what: string, cause?: unknown) =>
    templateProblem({ file: file.file, line: sourceLine(pass, file, outputLine) }, what, cause);
  const structure = protectSlots(filled, pass.slots.pattern);
  if ('fault' in structure) throw fail(lineAt(structure.fault.index), structure.fault.what);
  try {
    const { html } = await mjml2html(structure.mjml, MJML_OPTIONS);
    return tidy(html);
  } catch (error) {
    const first = firstMjmlError(error);
    if (first) throw fail(first.line, first.message, error);
    throw templateProblem({ file: file.file }, `MJML cannot read this: ${messageOf(error)}`, error);
  }
}

function firstMjmlError(error: unknown): { line: number; message: string } | null {
  if (typeof error !== 'object' || error === null || !('errors' in error) || !Array.isArray(error.errors))
    return null;
  const first: unknown = error.errors[0];
  if (typeof first !== 'object' || first === null || !('line' in first) || !('message' in first)) return null;
  const name = 'tagName' in first ? `<${String(first.tagName)}>: ` : '';
  return { line: Number(first.line), message: `${name}${String(first.message)}` };
}

/** MJML indents and breaks lines generously, a third of the mail: white space shrinks to one line end or one space. */
function tidy(html: string): string {
  return html
    .replace(/[ \t]*\n[ \t\n]*/g, '\n')
    .replace(/[ \t]{2,}/g, ' ')
    .trim();
}

/** A condition that MJML or the plain text lost one half of must be found now, not at the first subscriber. */
function readable(file: string, source: string): string {
  try {
    Handlebars.parse(source);
    return source;
  } catch (error) {
    throw templateProblem(
      { file },
      'a condition about the subscriber is cut in two by the layout: let it begin and end inside one element.',
      handlebarsProblem(file, error),
    );
  }
}
