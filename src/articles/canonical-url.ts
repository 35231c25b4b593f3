import { isTracking } from './tracking-parameters.ts';

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function tracks(pair: string, host: string): boolean {
  const [name = '', ...value] = pair.split('=');
  return isTracking(decoded(name), decoded(value.join('=')), host);
}

/** The parameters are cut out of the text: parsing and writing them anew would change how the others are spelled. */
function withoutTrackingParameters({ search, hostname }: URL): string {
  const pairs = search.slice(1).split('&');
  const kept = pairs.filter((pair) => pair !== '' && !tracks(pair, hostname));
  return kept.length > 0 ? `?${kept.join('&')}` : '';
}

/** The address to give to readers: the same page, without what only tracks. Throws TypeError when it is no URL. */
export function withoutTracking(address: string): string {
  const url = new URL(address);
  url.search = withoutTrackingParameters(url);
  return url.href;
}

/**
 * The one spelling of an article's address, to be compared and never visited: host in lower case, no default port, user
 * name, tracking parameters, fragment (unless it names the page, as `#!/` and `#/` do) or slash at the end.
 * The rest of the query keeps its order and spelling (RFC 3986, section 6.2, goes no further either).
 * @throws TypeError when it is no URL
 */
export function canonicalUrl(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  url.search = withoutTrackingParameters(url);
  if (!/^#!?\//.test(url.hash)) url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  url.hostname = url.hostname.replace(/\.$/, '');
  return url.href;
}
