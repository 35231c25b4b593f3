import type { CleanHtml } from './clean-html.ts';

const LONGEST_ADDRESS = 2_000;

function isShowable(address: string): boolean {
  if (address.length > LONGEST_ADDRESS || !URL.canParse(address)) return false;
  const { protocol, pathname } = new URL(address);
  // Mail programs show no SVG; a file that says it is sound or film is no picture.
  return (
    (protocol === 'https:' || protocol === 'http:') && !/\.(svgz?|mp3|m4a|mp4|webm|pdf)$/i.test(pathname)
  );
}

/** The picture that stands for an article: the feed's own, else the first good one in its text, else null. */
export function imageOf(feedImage: string | null, text: CleanHtml): string | null {
  return [feedImage, ...text.images].find((image) => image !== null && isShowable(image)) ?? null;
}
