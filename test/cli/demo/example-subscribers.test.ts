import { describe, expect, test } from 'vitest';
import { EXAMPLE_TOPICS, exampleSubscribers } from '../../../src/cli/demo/example-subscribers.ts';
import { parseTimeZone } from '../../../src/schedule/cron.ts';

describe('the example subscribers', () => {
  test('a million addresses, each valid, none twice, none that anybody owns', () => {
    const seen = new Set<string>();
    let wrong = '';
    for (const { email } of exampleSubscribers(1_000_000)) {
      seen.add(email);
      if (!/^[a-z]+\.[a-z]+[0-9]*@example\.(com|org|net)$/.test(email)) wrong = email;
    }
    expect(wrong).toBe('');
    expect(seen.size).toBe(1_000_000);
  });

  test('are the same each time, and a longer list begins with the shorter one', () => {
    const some = [...exampleSubscribers(50)];
    expect([...exampleSubscribers(300)].slice(0, 50)).toEqual(some);
    expect(some.length).toBe(50);
    expect([...exampleSubscribers(0)]).toEqual([]);
  });

  test('live in real time zones and write their names in several scripts', () => {
    const people = [...exampleSubscribers(400)];
    for (const zone of new Set(people.map((person) => person.timeZone)))
      expect(parseTimeZone(zone)).toBe(zone);
    for (const script of [
      'Latin',
      'Cyrillic',
      'Greek',
      'Arabic',
      'Hebrew',
      'Han',
      'Hangul',
      'Devanagari',
      'Thai',
    ])
      expect(
        people.filter((person) => new RegExp(`\\p{Script=${script}}`, 'u').test(person.name)).length,
        script,
      ).toBeGreaterThan(5);
    expect(people.every((person) => person.name.trim().length >= 2 && !/undefined|=/.test(person.name))).toBe(
      true,
    );
  });

  test('choose among the topics of the site, and some want everything', () => {
    const people = [...exampleSubscribers(400)];
    const topics = people.flatMap((person) => person.topics);
    expect(topics.filter((topic) => !EXAMPLE_TOPICS.includes(topic))).toEqual([]);
    expect(new Set(topics).size).toBe(EXAMPLE_TOPICS.length);
    expect(people.every((person) => new Set(person.topics).size === person.topics.length)).toBe(true);
    const everything = people.filter((person) => person.topics.length === 0).length;
    expect(everything).toBeGreaterThan(80);
    expect(everything).toBeLessThan(200);
    expect(EXAMPLE_TOPICS).toEqual(expect.arrayContaining(['news', 'in-depth', 'opinion', 'rollups']));
  });
});
