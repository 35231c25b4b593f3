import { readFile } from 'node:fs/promises';
import { codeOf, Problem } from '../ground/errors.ts';
import type { TemplateSource } from './types.ts';

const TEMPLATES = new URL('../../templates/', import.meta.url);

async function readOptional(url: URL): Promise<string | null> {
  try {
    return await readFile(url, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Reads a template that comes with the program: `templates/NAME/body.mjml`, `subject.txt` and, when there is one,
 * `body.txt`.
 * @throws Problem `bad_input` for a name that is none, `not_found` when there is no such template.
 */
export async function readTemplate(name: string): Promise<TemplateSource> {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    throw new Problem(
      'bad_input',
      `"${name}" is not a template's name: use small letters, digits and hyphens.`,
    );
  const file = (part: string) => readOptional(new URL(`${name}/${part}`, TEMPLATES));
  const [body, subject, text] = await Promise.all([file('body.mjml'), file('subject.txt'), file('body.txt')]);
  if (body === null || subject === null)
    throw new Problem('not_found', `There is no template "${name}" with a body.mjml and a subject.txt.`);
  return { name, body, subject, text };
}
