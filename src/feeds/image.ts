import type { MediaNs } from 'feedsmith';

interface Sized {
  readonly url?: string;
  readonly width?: number;
}
interface Attached {
  readonly url?: string;
  readonly type?: string;
}

const IMAGE_FILE = /\.(jpe?g|png|gif|webp|avif)$/i;
const path = (url: string): string => url.replace(/[?#].*$/s, '');

const widestFirst = (candidates: readonly Sized[]): string[] =>
  candidates
    .toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0))
    .map((candidate) => candidate.url)
    .filter((url) => url !== undefined);

function isImage(content: MediaNs.Content): boolean {
  if (content.medium) return content.medium === 'image';
  if (content.type) return content.type.startsWith('image/');
  return content.url !== undefined && IMAGE_FILE.test(path(content.url));
}

/** The pictures of Media RSS, best first: images in full, then previews; each the widest first. */
export function mediaImages(media: MediaNs.ItemOrFeed | undefined): string[] {
  const groups = media?.groups ?? [];
  const contents = [...(media?.contents ?? []), ...groups.flatMap((group) => group.contents ?? [])];
  const holders = [...(media ? [media] : []), ...groups, ...contents];
  const thumbnails = holders.flatMap((holder) => holder.thumbnails ?? []);
  return [...widestFirst(contents.filter(isImage)), ...widestFirst(thumbnails)];
}

/** The pictures among attached files. */
export function attachedImages(files: readonly Attached[] | undefined): string[] {
  return (files ?? [])
    .filter(
      (file) => file.type?.startsWith('image/') || (!file.type && IMAGE_FILE.test(path(file.url ?? ''))),
    )
    .map((file) => file.url)
    .filter((url) => url !== undefined);
}
