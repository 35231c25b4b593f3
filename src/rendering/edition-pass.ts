import Handlebars from 'handlebars';
import { Problem } from '../ground/errors.ts';
import { editionHelpers } from './helpers.ts';
import { numberLines, toldLine } from './line-numbers.ts';
import { BLOCKS, Separation, SLOT } from './separation.ts';
import { expressionLiteral, type Slots } from './slots.ts';
import type { Pattern } from './subscriber-expressions.ts';
import { handlebarsProblem, isTemplateProblem } from './template-problem.ts';

/** The edition pass of one edition: what its files have in common. */
export interface EditionPass {
  readonly content: unknown;
  readonly language: string;
  readonly timeZone: string;
  readonly slots: Slots;
}

/** One file of a template. In `html` values are escaped, in `text` they stand as they are. */
export interface PassFile {
  /** `digest/body.mjml` */
  readonly file: string;
  readonly source: string;
  readonly kind: 'html' | 'text';
}

/**
 * Runs the edition pass over one file: everything about the edition is filled in, and each expression or
 * condition about the subscriber becomes a slot's mark.
 * @throws Problem (`bad_input`) naming file and line for a template that cannot be read, or that uses a variable
 * or helper that does not exist.
 */
export function runEditionPass(pass: EditionPass, file: PassFile): string {
  return execute(pass, file, (program) => program);
}

/**
 * The template's line behind a line of {@link runEditionPass}'s output (both from 1): the pass is run again with
 * every line of the template telling its number. Loops and conditions make the two differ.
 */
export function sourceLine(pass: EditionPass, file: PassFile, outputLine: number): number {
  return toldLine(execute(pass, file, numberLines), outputLine);
}

type Rewrite = (program: hbs.AST.Program) => hbs.AST.Program;

function execute(pass: EditionPass, { file, source, kind }: PassFile, rewrite: Rewrite): string {
  const helpers = editionHelpers(pass.language, pass.timeZone);
  const separation = new Separation({ file, kind, helpers: new Set(Object.keys(helpers)) });
  const handlebars = Handlebars.create();
  handlebars.registerHelper({ ...helpers, [SLOT]: slotHelper(pass.slots, separation.patterns) });
  try {
    const program = rewrite(separation.separate(handlebars.parse(source)));
    const template = handlebars.compile(program, {
      strict: true,
      noEscape: kind === 'text',
      knownHelpersOnly: true,
      knownHelpers: Object.fromEntries(
        [...BLOCKS, SLOT, ...Object.keys(helpers)].map((name) => [name, true]),
      ),
    });
    return template(pass.content);
  } catch (error) {
    throw isTemplateProblem(error) ? error : handlebarsProblem(file, error);
  }
}

/** `{{slot 3 value…}}`: a mark for pattern 3 with these values of the edition in it. */
function slotHelper(slots: Slots, patterns: readonly Pattern[]) {
  return (index: unknown, ...rest: unknown[]): Handlebars.SafeString => {
    const values = rest.slice(0, -1);
    const pieces = patterns[Number(index)] ?? [];
    const expression = pieces.map((piece) => (typeof piece === 'string' ? piece : spelled(values[piece])));
    return new Handlebars.SafeString(slots.mark(expression.join('')));
  };
}

function spelled(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return expressionLiteral(value);
  throw new Problem(
    'bad_input',
    'a list or a group of values cannot be compared with what differs from subscriber to subscriber.',
  );
}
