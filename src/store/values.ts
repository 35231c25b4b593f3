/**
 * How values travel between SQL and this program, the same on every engine. Where pg and PGlite differ by default
 * (int8, bytea, timestamps, JSON) this table decides: int8 is a string, timestamptz a Temporal.Instant, JSON its text.
 */

const OID = { bytea: 17, int8: 20, json: 114, int8Array: 1016, timestamptz: 1184, jsonb: 3802 } as const;

type Parser = (text: string) => unknown;

const asIs: Parser = (text) => text;

/** Parsers by type oid, given to both drivers. */
export const PARSERS: Readonly<Record<number, Parser>> = {
  [OID.int8]: asIs,
  [OID.json]: asIs,
  [OID.jsonb]: asIs,
  [OID.bytea]: (text) => Buffer.from(text.slice(2), 'hex'),
  [OID.timestamptz]: (text) => parseInstant(text),
};

/** The same, but JSON comes back parsed, as BullMQ expects of node-postgres. */
export const BULLMQ_PARSERS: Readonly<Record<number, Parser>> = {
  ...PARSERS,
  [OID.json]: (text) => JSON.parse(text),
  [OID.jsonb]: (text) => JSON.parse(text),
};

/** Reads Postgres's ISO output: `2026-11-23 09:00:00.5+00`. */
function parseInstant(text: string): Temporal.Instant {
  return Temporal.Instant.from(text.replace(' ', 'T'));
}

/** A parameter as both drivers take it. Objects are refused: JSON is always stringified by the caller. */
function toParameter(value: unknown): unknown {
  if (value instanceof Temporal.Instant) return value.toString();
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(toParameter);
  return value;
}

/** All of a statement's parameters. */
export function toParameters(values: readonly unknown[]): unknown[] {
  return values.map(toParameter);
}
