const HIDDEN = ['<!--', '-->', '<![CDATA[', ']]>'] as const;

/**
 * The same text, character for character in the same place, with comments and CDATA blanked out: where a tag is found here,
 * it is a real one.
 */
export function maskHidden(xml: string): string {
  const parts: string[] = [];
  let from = 0;
  let comment = xml.indexOf(HIDDEN[0]);
  let cdata = xml.indexOf(HIDDEN[2]);
  while (comment !== -1 || cdata !== -1) {
    const isComment = cdata === -1 || (comment !== -1 && comment < cdata);
    const start = isComment ? comment : cdata;
    const close = xml.indexOf(isComment ? HIDDEN[1] : HIDDEN[3], start + 4);
    const end = close === -1 ? xml.length : close + 3;
    parts.push(xml.slice(from, start), ' '.repeat(end - start));
    from = end;
    if (comment !== -1 && comment < end) comment = xml.indexOf(HIDDEN[0], end);
    if (cdata !== -1 && cdata < end) cdata = xml.indexOf(HIDDEN[2], end);
  }
  return parts.join('') + xml.slice(from);
}

/** The first element's name, in lower case and without prefix, or null when there is none. */
export function firstElement(masked: string): string | null {
  return /<(?:[\w.-]+:)?([a-z][\w.-]*)[\s/>]/i.exec(masked.slice(0, 65_536))?.[1]?.toLowerCase() ?? null;
}

/** Where the elements of one name stand, `[start, end)` with their tags, by going forward only; never nested. */
export function elementRanges(masked: string, name: string, most: number): [number, number][] {
  const open = new RegExp(`<((?:[\\w.-]+:)?${name})(?=[\\s/>])[^<>]*>`, 'gi');
  const ranges: [number, number][] = [];
  for (let match = open.exec(masked); match && ranges.length < most; match = open.exec(masked)) {
    if (match[0].endsWith('/>')) continue;
    const tag = RegExp.escape(match[1] ?? name);
    const close = new RegExp(`</${tag}\\s*>|<${tag}(?=[\\s/>])`, 'gi');
    close.lastIndex = open.lastIndex;
    const end = close.exec(masked);
    if (!end) break;
    // An element that is still open when the next of its kind starts has lost its closing tag.
    const closed = end[0].startsWith('</');
    ranges.push([match.index, closed ? close.lastIndex : end.index]);
    open.lastIndex = closed ? close.lastIndex : end.index;
  }
  return ranges;
}
