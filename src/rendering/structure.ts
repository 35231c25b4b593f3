/** MJML elements that hold other elements: text between those is dropped by MJML. */
const CONTAINERS = new Set(['mj-body', 'mj-wrapper', 'mj-section', 'mj-group', 'mj-column', 'mj-hero']);

/** Comments, tags of MJML (quoted attributes may hold `>`), and slots' marks. */
function pieces(mark: RegExp): RegExp {
  return new RegExp(
    `<!--[^]*?-->|<(?<close>/?)(?<name>mj[\\w-]*)(?:"[^"]*"|'[^']*'|[^"'>])*?(?<empty>/?)>|(?<mark>${mark.source})`,
    'g',
  );
}

/** Something wrong with an MJML text's structure, and where (index of a character). */
interface StructureFault {
  readonly index: number;
  readonly what: string;
}

/** An MJML text whose slots are where MJML keeps them, or the first fault of its structure. */
export type Structure = { readonly mjml: string } | { readonly fault: StructureFault };

/**
 * Checks that the elements of MJML are closed in order, which its own parser lets pass, and puts each slot that
 * stands between elements into an `mj-raw`, without which MJML would drop it.
 * @param mark matches a slot's mark.
 */
export function protectSlots(mjml: string, mark: RegExp): Structure {
  const open: { name: string; index: number }[] = [];
  let result = '';
  let done = 0;
  for (const match of mjml.matchAll(pieces(mark))) {
    const { close, name, empty, mark: slot } = match.groups ?? {};
    const end = match.index + match[0].length;
    if (slot !== undefined && CONTAINERS.has(open.at(-1)?.name ?? '')) {
      result += `${mjml.slice(done, match.index)}<mj-raw>${slot}</mj-raw>`;
      done = end;
    }
    if (name === undefined) continue;
    if (name === 'mj-include')
      return { fault: { index: match.index, what: 'mj-include is not available: a template is one file.' } };
    if (close === '/') {
      const last = open.pop();
      if (last?.name !== name)
        return {
          fault: { index: match.index, what: `</${name}> closes ${last ? `<${last.name}>` : 'nothing'}.` },
        };
    } else if (empty !== '/') open.push({ name, index: match.index });
  }
  const left = open.at(-1);
  if (left) return { fault: { index: left.index, what: `<${left.name}> is not closed.` } };
  return { mjml: result + mjml.slice(done) };
}
