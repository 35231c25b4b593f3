import { describe, expect, it } from 'vitest';
import { createPace } from '../../src/relays/rate.ts';
import { createSlots } from '../../src/relays/slots.ts';

describe('the pace', () => {
  it('gives turns at the rate, whoever comes at once', () => {
    const pace = createPace(2);
    expect([pace(10_000), pace(10_000), pace(10_000), pace(10_000)]).toEqual([0, 400, 900, 1_400]);
  });

  it('lets nobody save up turns', () => {
    const pace = createPace(10);
    pace(10_000);
    expect([pace(60_000), pace(60_000), pace(60_000)]).toEqual([0, 0, 100]);
  });

  it('holds the rate over time though each turn comes a little late', () => {
    const pace = createPace(100);
    let now = 0;
    for (let turn = 0; turn < 1_000; turn += 1) now += pace(now) + 1;
    expect(now).toBeGreaterThan(9_800);
    expect(now).toBeLessThan(10_100);
  });
});

describe('slots', () => {
  it('are given in order, and never more than there are', async () => {
    const slots = createSlots(1);
    const order: string[] = [];
    await slots.take();
    const waiting = ['a', 'b'].map((name) => slots.take().then((got) => order.push(`${name} ${got}`)));
    slots.release();
    await waiting[0];
    expect(order).toEqual(['a true']);
    slots.callOff();
    await waiting[1];
    expect(order).toEqual(['a true', 'b false']);
    const free = slots.whenFree().then(() => order.push('free'));
    slots.release();
    await free;
    expect(order.at(-1)).toBe('free');
    expect(await slots.take()).toBe(true);
  });
});
