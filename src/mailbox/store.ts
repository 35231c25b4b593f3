import { mkdir, readdir, readFile, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../ground/clock.ts';
import { codeOf } from '../ground/errors.ts';
import { folderOf, isMailId, mailIdMaker } from './mail-id.ts';
import { type MailSummary, readSummary } from './summary.ts';

/** Whom a mail was from and for, as said over SMTP. An empty `from` is the null sender. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

interface MailPage {
  /** Newest first. */
  readonly mails: readonly MailSummary[];
  /** Give it as `before` for the next page; null on the last one. */
  readonly next: string | null;
}

/** The mails that were caught, one file each. Several processes may use one folder at once. */
export interface MailboxStore {
  /** Keeps a mail; resolves with its id when the whole of it is in its file. */
  add(envelope: Envelope, content: AsyncIterable<Uint8Array>): Promise<string>;
  /** A page of at most `limit` mails (50 when left out) that came before the mail `before`. */
  list(options?: { before?: string | undefined; limit?: number | undefined }): Promise<MailPage>;
  /** A mail's bytes, or null when there is none with this id. */
  read(id: string): Promise<Buffer | null>;
  count(): Promise<number>;
  /** Removes all mails, not those that are coming in at this moment; returns how many it removed. */
  clear(): Promise<number>;
}

const PAGE = 50;
const DAY = /^\d{8}$/;
const TENS = /^\d{5}$/;
/** A file still being written after so long was left behind by a process that died. */
const ABANDONED_MS = 10 * 60_000;

/** An address as it may stand in a header: nothing in it can end the line. */
function cleanAddress(address: string): string {
  return address
    .replace(/[\p{Cc}\p{Zl}\p{Zp}<>]/gu, '')
    .slice(0, 320)
    .toWellFormed();
}

/** The lines that the last server on the way adds (RFC 5321 4.4; Delivered-To by custom). */
function envelopeLines({ from, to }: Envelope): Buffer {
  const lines = [
    `Return-Path: <${cleanAddress(from)}>`,
    ...to.map((one) => `Delivered-To: ${cleanAddress(one)}`),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

async function* withEnvelope(envelope: Envelope, content: AsyncIterable<Uint8Array>) {
  yield envelopeLines(envelope);
  yield* content;
}

/** The entries of a folder, greatest first; none when there is no such folder. */
async function entries(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort().reverse();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function matching(folder: string, pattern: RegExp): Promise<string[]> {
  return (await entries(folder)).filter((name) => pattern.test(name));
}

/** The ids of the mails among a folder's entries. */
function idsAmong(names: readonly string[]): string[] {
  return names
    .filter((name) => name.endsWith('.eml'))
    .map((name) => name.slice(0, -4))
    .filter(isMailId);
}

/** Does a removal that another process may have done already. */
async function ignoring(codes: readonly string[], removal: Promise<void>): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    if (codes.includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

async function removeAbandoned(path: string): Promise<void> {
  const info = await stat(path).catch(() => null);
  if (info && Date.now() - info.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
}

/**
 * A mailbox in a folder, which is made with the first mail. Mails lie in folders of ten seconds within folders of
 * days: a page of the list reads a few folders however many mails there are.
 */
export function createMailboxStore(
  dir: string,
  { clock = systemClock }: { clock?: Clock } = {},
): MailboxStore {
  const nextId = mailIdMaker(clock);
  const folder = (id: string) => join(dir, folderOf(id).day, folderOf(id).tens);
  const path = (id: string) => join(folder(id), `${id}.eml`);

  /** Makes the empty file, and its folder when this is the first mail in it: another process may be clearing. */
  async function begin(id: string, file: string): Promise<void> {
    for (;;) {
      try {
        await writeFile(file, '', { flag: 'wx', mode: 0o600 });
        return;
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
        await mkdir(folder(id), { recursive: true, mode: 0o700 });
      }
    }
  }

  /** All folders of mails, newest first, from the one in which the mail `before` lies. */
  async function* folders(before = '99999999-99999'): AsyncGenerator<string> {
    const { day: lastDay, tens: lastTens } = folderOf(before);
    for (const day of await matching(dir, DAY)) {
      if (day > lastDay) continue;
      for (const tens of await matching(join(dir, day), TENS))
        if (day < lastDay || tens <= lastTens) yield join(dir, day, tens);
    }
  }

  async function newestIds(before: string | undefined, most: number): Promise<string[]> {
    const found: string[] = [];
    for await (const place of folders(before)) {
      const ids = idsAmong(await entries(place));
      found.push(...ids.filter((id) => before === undefined || id < before).slice(0, most - found.length));
      if (found.length >= most) break;
    }
    return found;
  }

  async function clearFolder(place: string): Promise<number> {
    const names = await entries(place);
    const removals = idsAmong(names).map((id) => ignoring(['ENOENT'], unlink(join(place, `${id}.eml`))));
    const removed = (await Promise.all(removals)).filter(Boolean).length;
    for (const name of names) if (name.endsWith('.part')) await removeAbandoned(join(place, name));
    // A mail that is coming in keeps its folder.
    await ignoring(['ENOENT', 'ENOTEMPTY', 'EEXIST'], rmdir(place));
    return removed;
  }

  return {
    async add(envelope, content) {
      const id = nextId();
      const unfinished = join(folder(id), `.${id}.part`);
      await begin(id, unfinished);
      try {
        await writeFile(unfinished, withEnvelope(envelope, content));
        await rename(unfinished, path(id));
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      return id;
    },
    async list({ before, limit = PAGE } = {}) {
      if (before !== undefined && !isMailId(before)) return { mails: [], next: null };
      const ids = await newestIds(before, limit + 1);
      const shown = ids.slice(0, limit);
      const mails = await Promise.all(shown.map((id) => readSummary(path(id), id)));
      return {
        mails: mails.filter((mail) => mail !== null),
        next: ids.length > limit ? (shown.at(-1) ?? null) : null,
      };
    },
    async read(id) {
      if (!isMailId(id)) return null;
      try {
        return await readFile(path(id));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
    },
    async count() {
      let total = 0;
      for await (const place of folders()) total += idsAmong(await entries(place)).length;
      return total;
    },
    async clear() {
      let removed = 0;
      for await (const place of folders()) removed += await clearFolder(place);
      for (const day of await matching(dir, DAY))
        await ignoring(['ENOENT', 'ENOTEMPTY', 'EEXIST'], rmdir(join(dir, day)));
      return removed;
    },
  };
}
