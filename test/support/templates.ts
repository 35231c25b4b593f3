import { randomBytes } from 'node:crypto';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const BROKEN = `<mjml><mj-body>
<mj-section><mj-column>
{{#each sections}}<mj-text>{{title}}</mj-text>
</mj-column></mj-section></mj-body></mjml>`;

/**
 * A template with a block that is never closed, beside those that come with the program; removed when the test ends.
 * @returns its name.
 */
export function addBrokenTemplate(): string {
  const name = `test-${randomBytes(6).toString('hex')}`;
  const folder = fileURLToPath(new URL(`../../templates/${name}`, import.meta.url));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(new URL('../../templates/digest', import.meta.url), folder, { recursive: true });
  writeFileSync(`${folder}/body.mjml`, BROKEN);
  return name;
}
