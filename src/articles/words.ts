/** Scripts that put no blanks between words. */
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}`;
const SPACED = String.raw`[[\p{L}\p{N}\p{M}]--[${UNSPACED}]]`;
const RUN = new RegExp(`[${UNSPACED}]+|${SPACED}+(?:['’]${SPACED}+)*`, 'gv');
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'v');

/** How many words a text has; where they are not told apart by blanks, two characters count as one. */
export function countWords(text: string): number {
  let count = 0;
  for (const [run] of text.matchAll(RUN)) count += IS_UNSPACED.test(run) ? Math.ceil(run.length / 2) : 1;
  return count;
}

function pairs(run: string): string[] {
  const characters = [...run];
  return characters.length < 3
    ? [run]
    : characters.slice(1).map((character, i) => `${characters[i]}${character}`);
}

/** `bridges` and `bridge’s` speak of a `bridge`; a rule that holds in several languages and needs no dictionary. */
const stem = (word: string): string => word.replace(/['’].*$/, '').replace(/(?<=...)(?<!s)s$/, '');

/** The words of a text to compare texts by: lower case, singular, pairs of characters where no blanks part words. */
export function wordsOf(text: string): string[] {
  const runs = text.normalize('NFKC').toLowerCase().match(RUN) ?? [];
  return runs
    .flatMap((run) => (IS_UNSPACED.test(run) ? pairs(run) : [stem(run)]))
    .filter((word) => word.length > 1);
}
