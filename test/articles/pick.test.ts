import { describe, expect, test } from 'vitest';
import { type Pickable, pickArticles } from '../../src/articles/pick.ts';
import { DEFAULT_SECTIONS, type Section, sectionsSchema } from '../../src/articles/section.ts';
import { type ArticleId, isId } from '../../src/ground/ids.ts';

function article(id: number, more: Partial<Omit<Pickable, 'id'>> = {}): Pickable {
  const text = String(id);
  if (!isId<ArticleId>(text)) throw new Error('no id');
  const happenedAt = Temporal.Instant.from('2026-11-23T00:00:00Z').subtract({ hours: id });
  return {
    id: text,
    title: `Story ${id}`,
    author: null,
    categories: [],
    words: 300,
    happenedAt,
    section: null,
    ...more,
  };
}

const section = (name: string, anyOf: Section['anyOf'], limit = 3): Section => ({
  name,
  title: name,
  limit,
  anyOf,
});

function pick(articles: readonly Pickable[], sections: readonly Section[] = DEFAULT_SECTIONS) {
  const picked = pickArticles(articles, sections);
  return {
    sections: Object.fromEntries(
      picked.sections.map(({ section: { name }, articles: own }) => [name, own.map(({ id }) => Number(id))]),
    ),
    leftOut: picked.leftOut.map(({ article: { id }, why }) => `${id}: ${why}`),
  };
}

test('the default sections are valid, and each gets its kind', () => {
  expect(sectionsSchema.parse(DEFAULT_SECTIONS)).toEqual(DEFAULT_SECTIONS);
  const articles = [
    article(1),
    article(2, { categories: ['Analysis'] }),
    article(3, { words: 900 }),
    article(4, { categories: ['news', 'OPINION'] }),
    article(5, { categories: ['Markets'], words: 899 }),
  ];
  expect(pick(articles)).toEqual({
    sections: { 'latest-updates': [1, 5], 'in-depth': [2, 3], 'expert-opinions': [4] },
    leftOut: [],
  });
});

describe('rules', () => {
  test.each<[string, Section['anyOf'][number], Partial<Omit<Pickable, 'id'>>, boolean]>([
    ['category in any case', { categories: ['DeFi'] }, { categories: ['x', 'defi'] }, true],
    ['category not in part', { categories: ['DeFi'] }, { categories: ['DeFi news'] }, false],
    ['author', { authors: ['ana ruiz'] }, { author: 'Ana Ruiz' }, true],
    ['one of several authors', { authors: ['Bo Lind'] }, { author: 'Ana Ruiz, Bo Lind' }, true],
    ['no author', { authors: ['Ana Ruiz'] }, {}, false],
    ['title word', { titleWords: ['interview'] }, { title: 'An Interview: ten years' }, true],
    ['title word is whole', { titleWords: ['view'] }, { title: 'An Interview' }, false],
    ['title phrase', { titleWords: ['long read'] }, { title: 'Long-read: bridges' }, true],
    ['a word of signs fits nothing', { titleWords: ['?!'] }, { title: 'What?!' }, false],
    ['at least as long', { minWords: 300 }, {}, true],
    ['too short', { minWords: 301 }, {}, false],
    ['at most as long', { maxWords: 300 }, {}, true],
    ['too long', { maxWords: 299 }, {}, false],
    ['all conditions', { minWords: 100, categories: ['DeFi'] }, { categories: ['DeFi'] }, true],
    ['one condition missed', { minWords: 1_000, categories: ['DeFi'] }, { categories: ['DeFi'] }, false],
  ])('%s', (_, rule, more, fits) => {
    expect(pick([article(1, more)], [section('it', [rule])]).sections.it).toEqual(fits ? [1] : []);
  });

  test('any alternative is enough, and the first section that fits has it', () => {
    const sections = [
      section('rest', []),
      section('first', [{ minWords: 1_000 }, { categories: ['a'] }]),
      section('second', [{ categories: ['a'] }]),
    ];
    const both = article(1, { categories: ['a'] });
    expect(pick([both], sections).sections).toEqual({ rest: [], first: [1], second: [] });
  });

  test('a source’s own section wins over rules, one that is gone does not', () => {
    const opinion = { categories: ['opinion'] };
    const own = [
      article(1, { ...opinion, section: 'in-depth' }),
      article(2, { ...opinion, section: 'gone' }),
    ];
    expect(pick(own).sections).toEqual({ 'latest-updates': [], 'in-depth': [1], 'expert-opinions': [2] });
  });
});

describe('room', () => {
  test('the newest have it, whatever the order given, and nothing twice', () => {
    const sections = [section('rest', [], 2)];
    const picked = pick([article(3), article(1), article(2), article(1)], sections);
    expect(picked.sections).toEqual({ rest: [1, 2] });
    expect(picked.leftOut).toEqual(['3: “rest” is full of newer articles (it holds 2).']);
  });

  test('of the same moment the one that came later is first', () => {
    const { happenedAt } = article(1);
    const sections = [section('rest', [])];
    expect(pick([article(9, { happenedAt }), article(10, { happenedAt })], sections).sections.rest).toEqual([
      10, 9,
    ]);
  });

  test('a full section with a rule leaves out; what is left fills one after the other', () => {
    const sections = [
      section('rest', [], 1),
      section('a', [{ categories: ['a'] }], 1),
      section('more', [], 1),
    ];
    const a = { categories: ['a'] };
    const picked = pick([article(1, a), article(2, a), article(3), article(4), article(5)], sections);
    expect(picked.sections).toEqual({ rest: [3], a: [1], more: [4] });
    expect(picked.leftOut).toEqual([
      '2: “a” is full of newer articles (it holds 1).',
      '5: “rest” and “more” are full of newer articles (they hold 1 and 1).',
    ]);
  });

  test('without a section for what is left, what fits nothing is left out', () => {
    const picked = pick([article(1)], [section('a', [{ categories: ['a'] }])]);
    expect(picked.leftOut).toEqual(['1: No section’s rule fits it, and no section takes what is left.']);
  });
});
