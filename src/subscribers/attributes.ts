const LONGEST_NAME = 200;
const MOST_TOPICS = 50;
const LONGEST_TOPIC = 100;
/** Words of ASCII with single spaces between them. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;
/** Distinct zones and languages that are remembered; real lists have a few hundred. */
const MOST_REMEMBERED = 2_000;

/** Remembers what a pure function said, since a list names the same few zones a million times. */
function remembered(read: (text: string) => string | null): (text: string) => string | null {
  const known = new Map<string, string | null>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const value = read(text);
    if (known.size < MOST_REMEMBERED) known.set(text, value);
    return value;
  };
}

function attempt(read: () => string | undefined): string | null {
  try {
    return read() ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** One line of what can be seen: no controls, no characters that turn the direction of the text; null when nothing is left. */
function visible(text: string, most: number): string | null {
  // Most names of most lists are plain already: a million rows feel the difference.
  if (text.length <= most && PLAIN.test(text)) return text;
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line === '' ? null : [...line].slice(0, most).join('').trim();
}

/** A person's name as it may stand in a mail, or null when there is none. */
export function readName(text: string): string | null {
  return visible(text, LONGEST_NAME);
}

/** Distinct topics, in their order. */
export function readTopics(texts: readonly string[]): string[] {
  const topics = texts.flatMap((text) => visible(text, LONGEST_TOPIC) ?? []);
  return [...new Set(topics)].slice(0, MOST_TOPICS);
}

/** The IANA name of a time zone, or null when it is not known here. A bare offset has no summer: it is not taken. */
export const readTimeZone = remembered((text) =>
  /^[A-Za-z]/.test(text) ? attempt(() => new Temporal.ZonedDateTime(0n, text).timeZoneId) : null,
);

/** The canonical form of a language tag (BCP 47); `pt_BR` as many programs write it is taken too. Or null. */
export const readLocale = remembered((text) =>
  attempt(() => Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0]),
);
