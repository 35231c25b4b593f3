import { messageOf, Problem } from '../ground/errors.ts';

/** Where in a template something is wrong: `digest/body.mjml`, and where known line and column from 1. */
export interface TemplatePlace {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

const PREFIX = 'Template ';

/** Whether an error is one of {@link templateProblem}, and says already where it is. */
export function isTemplateProblem(error: unknown): error is Problem {
  return error instanceof Problem && error.message.startsWith(PREFIX);
}

/** The Problem (`bad_input`) of a template: one sentence that names file, line and column. */
export function templateProblem(place: TemplatePlace, what: string, cause?: unknown): Problem {
  const line = place.line === undefined ? '' : `, line ${place.line}`;
  const column = place.line === undefined || place.column === undefined ? '' : `, column ${place.column}`;
  return new Problem('bad_input', `${PREFIX}${place.file}${line}${column}: ${what}`, { cause });
}

/** The place of a node of Handlebars' syntax tree. */
export function placeOf(file: string, node: hbs.AST.Node): TemplatePlace {
  return { file, line: node.loc.start.line, column: node.loc.start.column + 1 };
}

/** Handlebars writes the place into the message, in one of three ways. */
function placeInMessage(file: string, message: string): TemplatePlace {
  const at = / - (\d+):(\d+)$/.exec(message);
  if (at) return { file, line: Number(at[1]), column: Number(at[2]) + 1 };
  const line = /error on line (\d+)/.exec(message);
  return line ? { file, line: Number(line[1]) } : { file };
}

/** What Handlebars threw while reading or running a template, as a Problem with one sentence. */
export function handlebarsProblem(file: string, error: unknown): Problem {
  const message = messageOf(error);
  const place = placeInMessage(file, message);
  const unknown = /^"(.+?)" not defined in/.exec(message);
  if (unknown) return templateProblem(place, `"${unknown[1]}" is not known here.`, error);
  const unmatched = /^(\S+) doesn't match (\S+)/.exec(message);
  if (unmatched)
    return templateProblem(place, `{{#${unmatched[1]}}} is closed by {{/${unmatched[2]}}}.`, error);
  if (message.endsWith("got 'EOF'"))
    return templateProblem(place, 'the file ends before a block ({{#…}}) is closed.', error);
  const near = /^.*error on line \d+:\n(.*)\n/.exec(message);
  if (near?.[1]) return templateProblem(place, `Handlebars cannot read this: ${near[1].trim()}`, error);
  return templateProblem(place, message.replace(/ - \d+:\d+$/, '').replace(/\s+/g, ' '), error);
}
