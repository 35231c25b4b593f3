import { randomBytes } from 'node:crypto';
import type { Clock } from '../ground/clock.ts';

const ID = /^\d{8}-\d{6}-\d{6}-[0-9a-f]{8}$/;
/** Day (8), hyphen, hours and minutes (4), tens of seconds (1): the first 14 characters of an id name its folder. */
const DAY_LENGTH = 8;
const FOLDER_LENGTH = 14;

/** True for the spelling of a mail's id, and so for nothing that leads out of the mailbox's folder. */
export function isMailId(text: string): boolean {
  return ID.test(text);
}

/** Where a mail lies: its day, and within that the ten seconds in which it came. */
export function folderOf(id: string): { day: string; tens: string } {
  return { day: id.slice(0, DAY_LENGTH), tens: id.slice(DAY_LENGTH + 1, FOLDER_LENGTH) };
}

/** When the mail with this id came, or null when the digits are no moment. */
export function arrivalOf(id: string): Temporal.Instant | null {
  const parts = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-(\d{6})-/.exec(id);
  if (!parts) return null;
  const [, year, month, day, hour, minute, second, micros] = parts;
  try {
    return Temporal.Instant.from(`${year}-${month}-${day}T${hour}:${minute}:${second}.${micros}Z`);
  } catch {
    return null;
  }
}

/**
 * Makes ids whose order is the order of arrival: UTC time to the microsecond, and a random tail that keeps two
 * processes apart. Within a process each id is greater than the one before, even when the clock stands still.
 */
export function mailIdMaker(clock: Clock): () => string {
  let last = 0n;
  return () => {
    const now = clock.now().epochNanoseconds / 1000n;
    last = now > last ? now : last + 1n;
    const text = Temporal.Instant.fromEpochNanoseconds(last * 1000n).toString({
      smallestUnit: 'microsecond',
    });
    const digits = text.replace(/\D/g, '');
    const stamp = `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${digits.slice(14, 20)}`;
    return `${stamp}-${randomBytes(4).toString('hex')}`;
  };
}
