import Handlebars from 'handlebars';
import { expect, it } from 'vitest';
import { conditionHelpers } from '../../src/rendering/helpers.ts';
import { expressionLiteral, Slots } from '../../src/rendering/slots.ts';

/** A small generator of numbers (mulberry32), so that a failing case comes again. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function fill(source: string, noEscape: boolean): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(conditionHelpers);
  return handlebars.compile(source, { noEscape, ignoreStandalone: true })({ value: 'V', yes: true });
}

it('prints any text around any slot as it is: nothing of it is read as an expression', () => {
  const next = chance(20_260_309);
  const alphabet = [
    '{',
    '{',
    '{',
    '}',
    '}',
    '\\',
    '\\',
    '~',
    '!',
    '#',
    '/',
    '&',
    '>',
    '^',
    'a',
    ' ',
    '\n',
    '"',
    'value',
    'é',
    '😀',
  ];
  const text = () =>
    Array.from({ length: Math.floor(next() * 9) }, () => alphabet[Math.floor(next() * alphabet.length)]).join(
      '',
    );
  for (let round = 0; round < 5_000; round++) {
    const slots = new Slots(String(round));
    const [a, b, c, d] = [text(), text(), text(), text()];
    const marked = `${a}${slots.mark('value')}${b}${slots.mark('#if yes')}${c}${slots.mark('/if')}${d}`;
    for (const noEscape of [true, false])
      expect(fill(slots.toSource(marked), noEscape), JSON.stringify(marked)).toBe(`${a}V${b}${c}${d}`);
  }
});

it('marks of another edition are plain text', () => {
  const other = new Slots('one').mark('value');
  expect(new Slots('two').toSource(other)).toBe(other);
});

it.each(['plain', 'quote " and \' and \\', 'ends in \\', '")}}{{value}}', '', 'née 😀', '{{', '\n'])(
  'writes %j as a literal of an expression',
  (value) => {
    expect(
      fill(
        `{{#if (eq ${expressionLiteral(value)} given)}}same{{/if}}`.replace(
          'given',
          expressionLiteral(value),
        ),
        true,
      ),
    ).toBe('same');
    expect(Handlebars.parse(`{{eq ${expressionLiteral(value)}}}`).body).toHaveLength(1);
  },
);
