/**
 * What went wrong, in one of a few words, with a sentence for the person who reads it.
 *
 * - `bad_input`: the person can mend what they gave.
 * - `not_found`: what they named does not exist.
 * - `conflict`: it exists, but its state does not allow this.
 * - `unavailable`: something outside (database, queue, relay, site) cannot be reached.
 */
export type ProblemKind = 'bad_input' | 'not_found' | 'conflict' | 'unavailable';

/** An error whose message is written for people: what happened, what is safe, what to do. */
export class Problem extends Error {
  readonly kind: ProblemKind;

  constructor(kind: ProblemKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Problem';
    this.kind = kind;
  }
}

/** The process exit code of an error: 2 for wrong use or bad input, 1 for what could not be done. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof Problem && (error.kind === 'bad_input' || error.kind === 'not_found') ? 2 : 1;
}

/** The one line of an error that a person should see; never a stack. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}

/** The `code` of a Node or library error (`ECONNREFUSED`, `23505` …), or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
