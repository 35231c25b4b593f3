/** An address as it may be shown and logged: without user name and password, and not endless. */
export function shownAddress(address: string): string {
  if (!URL.canParse(address)) return address.slice(0, 300);
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href.length > 300 ? `${url.href.slice(0, 299)}…` : url.href;
}

const isHttp = (url: URL): boolean => url.protocol === 'http:' || url.protocol === 'https:';

/**
 * A feed's link made absolute against the bases around it, innermost last (RFC 3986, section 5; XML Base).
 * @returns an http(s) address, or null for everything else (`javascript:`, `mailto:`, nonsense).
 */
export function absoluteAddress(
  link: string | undefined,
  ...bases: readonly (string | undefined)[]
): string | null {
  const text = link?.replace(/[\t\n\r]/g, '').trim();
  if (!text) return null;
  let base: string | undefined;
  for (const next of bases) if (next && URL.canParse(next, base)) base = new URL(next, base).href;
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  return isHttp(url) ? url.href : null;
}
