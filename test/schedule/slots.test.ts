import { describe, expect, test } from 'vitest';
import { parseCron } from '../../src/schedule/cron.ts';
import { dueSlot } from '../../src/schedule/slots.ts';

interface Case {
  readonly schedule?: string;
  readonly timeZone?: string;
  readonly lastSlot?: string;
  readonly createdAt?: string;
  readonly now: string;
}

function due({
  schedule = '0 9 * * 1',
  timeZone = 'UTC',
  lastSlot,
  createdAt = '2026-01-01T00:00:00Z',
  now,
}: Case) {
  const found = dueSlot({
    schedule: parseCron(schedule),
    timeZone,
    lastSlot: lastSlot === undefined ? null : Temporal.Instant.from(lastSlot),
    createdAt: Temporal.Instant.from(createdAt),
    now: Temporal.Instant.from(now),
  });
  return found && `${found.slot.toString()} ${found.kind} ${found.missed}`;
}

describe('the slot that is due', () => {
  const lastSlot = '2026-06-01T09:00:00Z';

  test('nothing until the time has come, then that time, then nothing again', () => {
    expect(due({ lastSlot, now: '2026-06-08T08:59:59Z' })).toBeNull();
    expect(due({ lastSlot, now: '2026-06-08T09:00:00Z' })).toBe('2026-06-08T09:00:00Z on_time 0');
    expect(due({ lastSlot, now: '2026-06-08T09:01:02Z' })).toBe('2026-06-08T09:00:00Z on_time 0');
    expect(due({ lastSlot: '2026-06-08T09:00:00Z', now: '2026-06-08T09:01:02Z' })).toBeNull();
  });

  test('a slot that nobody saw come is caught up with', () => {
    expect(due({ lastSlot, now: '2026-06-08T09:05:01Z' })).toBe('2026-06-08T09:00:00Z catch_up 0');
    expect(due({ lastSlot, now: '2026-06-10T00:00:00Z' })).toBe('2026-06-08T09:00:00Z catch_up 0');
  });

  test('of several missed ones only the newest is made, the others are counted', () => {
    expect(due({ lastSlot, now: '2026-07-01T00:00:00Z' })).toBe('2026-06-29T09:00:00Z catch_up 3');
    expect(due({ lastSlot, now: '2026-06-29T09:00:30Z' })).toBe('2026-06-29T09:00:00Z on_time 3');
  });

  test('a new newsletter owes nothing from before it existed', () => {
    expect(due({ createdAt: '2026-06-08T09:00:00Z', now: '2026-06-10T00:00:00Z' })).toBeNull();
    expect(due({ createdAt: '2026-06-08T08:59:00Z', now: '2026-06-08T09:00:10Z' })).toBe(
      '2026-06-08T09:00:00Z on_time 0',
    );
    expect(due({ createdAt: '2026-06-01T08:00:00Z', now: '2026-06-08T09:00:10Z' })).toBe(
      '2026-06-08T09:00:00Z on_time 1',
    );
  });

  test('a clock that went back makes nothing twice', () => {
    expect(due({ lastSlot: '2026-06-08T09:00:00Z', now: '2026-06-03T00:00:00Z' })).toBeNull();
  });

  test('an impossible date is never due', () => {
    expect(due({ schedule: '0 9 30 2 *', now: '2026-06-03T00:00:00Z' })).toBeNull();
  });

  test('the night that summer time begins: once, after the gap', () => {
    const night = { schedule: '30 2 * * *', timeZone: 'Europe/Madrid', lastSlot: '2026-03-28T01:30:00Z' };
    expect(due({ ...night, now: '2026-03-29T01:29:00Z' })).toBeNull();
    expect(due({ ...night, now: '2026-03-29T01:30:00Z' })).toBe('2026-03-29T01:30:00Z on_time 0');
    expect(due({ ...night, lastSlot: '2026-03-29T01:30:00Z', now: '2026-03-30T00:29:00Z' })).toBeNull();
  });

  test('the night that summer time ends: once, the first time round', () => {
    const night = { schedule: '30 1 * * *', timeZone: 'America/New_York' };
    expect(due({ ...night, lastSlot: '2026-10-31T05:30:00Z', now: '2026-11-01T05:30:00Z' })).toBe(
      '2026-11-01T05:30:00Z on_time 0',
    );
    expect(due({ ...night, lastSlot: '2026-11-01T05:30:00Z', now: '2026-11-01T06:31:00Z' })).toBeNull();
  });

  test('Lord Howe, half an hour each way', () => {
    const zone = { schedule: '15 2 * * *', timeZone: 'Australia/Lord_Howe' };
    expect(due({ ...zone, lastSlot: '2026-10-02T15:45:00Z', now: '2026-10-03T15:45:00Z' })).toBe(
      '2026-10-03T15:45:00Z on_time 0',
    );
    expect(due({ ...zone, lastSlot: '2026-10-03T15:45:00Z', now: '2026-10-04T15:14:00Z' })).toBeNull();
    expect(due({ ...zone, lastSlot: '2026-10-03T15:45:00Z', now: '2026-10-04T15:15:00Z' })).toBe(
      '2026-10-04T15:15:00Z on_time 0',
    );
  });

  test('the turn of the year stands on the local clock', () => {
    const yearly = { schedule: '0 0 1 1 *', lastSlot: '2026-01-01T00:00:00Z' };
    expect(due({ ...yearly, timeZone: 'Pacific/Auckland', now: '2026-12-31T11:00:00Z' })).toBe(
      '2026-12-31T11:00:00Z on_time 0',
    );
    expect(due({ ...yearly, timeZone: 'America/Los_Angeles', now: '2027-01-01T07:59:00Z' })).toBe(
      '2026-01-01T08:00:00Z catch_up 0',
    );
  });

  test('two years of missed minutes are counted, not walked', () => {
    const minutes = { schedule: '* * * * *', createdAt: '2024-01-01T00:00:00Z', now: '2026-01-01T00:00:00Z' };
    expect(due(minutes)).toBe(`2026-01-01T00:00:00Z on_time ${(366 + 365) * 1440 - 1}`);
  });
});
