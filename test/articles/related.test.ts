import { describe, expect, test } from 'vitest';
import { rankRelated, type TextArticle } from '../../src/articles/related.ts';
import { type ArticleId, isId } from '../../src/ground/ids.ts';

function article(id: number, title: string, html: string, day = id): TextArticle {
  const text = String(id);
  if (!isId<ArticleId>(text)) throw new Error('no id');
  const happenedAt = Temporal.Instant.from('2026-06-01T00:00:00Z').add({ hours: day * 24 });
  return { id: text, title, excerpt: '', html: `<p>${html}</p>`, happenedAt };
}

const WEEK = [
  article(
    901,
    'Lisbon opens a sandbox for tokenised bonds',
    'The regulator lets four banks issue bonds on a ledger, under supervision, for eighteen months.',
  ),
  article(
    902,
    'A bridge loses nine million to a forged proof',
    'Attackers forged a withdrawal proof and drained the bridge contract before validators could pause it.',
  ),
  article(
    903,
    'Rollup fees halve after the upgrade',
    'Blobs made posting data cheaper, and the rollups passed the lower fees on to their users within a day.',
  ),
];

/** Number, whether it is about one of the week's topics, title, text. The higher the number the newer. */
const ARCHIVE: readonly (readonly [number, boolean, string, string])[] = [
  [
    1,
    true,
    'How bridges prove a withdrawal',
    'A bridge contract releases funds when validators sign a proof; what a forged proof would do.',
  ],
  [
    2,
    true,
    'What blobs are, and why rollups wanted them',
    'Posting data was most of what rollups paid. Blobs are cheaper and are forgotten after weeks.',
  ],
  [
    3,
    true,
    'Banks try bonds on a ledger',
    'Three banks issue bonds to each other in a test that the regulator watches.',
  ],
  [
    4,
    true,
    'Why the validators of a bridge could not pause it',
    'The contract of the bridge had a pause key that nobody held when attackers came.',
  ],
  [
    5,
    true,
    'The regulator explains its sandbox',
    'Who may enter the sandbox, for how many months, and under which supervision.',
  ],
  [
    6,
    true,
    'Fees on rollups, a year in charts',
    'What users paid per transaction, month by month, as rollups posted more data.',
  ],
  [
    7,
    false,
    'A mining town turns to greenhouses',
    'Waste heat of the machines now grows tomatoes through the winter.',
  ],
  [
    8,
    false,
    'Museums sell tickets as collectibles',
    'Visitors keep a picture of the exhibition as a souvenir.',
  ],
  [
    9,
    false,
    'Wallets learn to speak plainly',
    'Designers replace long numbers with names that people can read aloud.',
  ],
  [10, false, 'The quiet end of an airdrop', 'Fewer people claimed their tokens than the project had hoped.'],
  [11, false, 'Football clubs and their fan tokens', 'Supporters vote about the music in the stadium.'],
  [12, false, 'A game where the grass is owned', 'Players plant and harvest, and the harvest is traded.'],
  [13, false, 'Universities teach cryptography to lawyers', 'A course of twelve evenings begins in autumn.'],
  [14, false, 'A conference moves to Valencia', 'Five thousand guests are expected in spring.'],
  [15, false, 'Passports in a phone', 'The airport reads a credential where it used to read paper.'],
  [16, false, 'Stablecoins at the corner shop', 'A baker tells how customers pay for bread.'],
  [17, false, 'Farmers insure against drought', 'A weather station pays out when no rain is measured.'],
  [18, false, 'Auction of an old domain name', 'Seven bidders and one very short name.'],
];

describe('you may also like', () => {
  const archive = ARCHIVE.map(([id, , title, text]) => article(id, title, text));
  const relevant = new Set(ARCHIVE.filter(([, related]) => related).map(([id]) => String(id)));
  const precision = (chosen: readonly TextArticle[]) =>
    chosen.filter(({ id }) => relevant.has(id)).length / relevant.size;

  test('pieces on the week’s topics come before newer ones of the same category', () => {
    const newest = archive.toReversed().slice(0, relevant.size);
    const ranked = rankRelated(WEEK, archive, relevant.size);
    expect(precision(newest)).toBe(0);
    expect(precision(ranked)).toBeGreaterThanOrEqual(0.8);
  });

  test('the order is the same whatever order they come in', () => {
    const ids = (list: readonly TextArticle[]) => list.map(({ id }) => id);
    expect(ids(rankRelated(WEEK, archive.toReversed()))).toEqual(ids(rankRelated(WEEK, archive)));
    const bridges = ['mayor', 'river', 'paint'].map((word, n) => article(n + 20, 'Bridge', word, 1));
    const older = article(30, 'Bridge', 'train', 0);
    expect(ids(rankRelated(WEEK, [older, ...bridges]))).toEqual(['22', '21', '20', '30']);
  });

  test('the title says more than the text', () => {
    const inText = article(40, 'Notes of a walk', 'There was a bridge, and rain.');
    const inTitle = article(39, 'Bridge and rain', 'Notes of a walk, there was.');
    expect(rankRelated(WEEK, [inText, inTitle]).map(({ id }) => id)).toEqual(['39', '40']);
  });

  test('a word that everything has says little, a rare one much', () => {
    const daily = Array.from({ length: 8 }, (_, n) =>
      article(n + 70, `Market report today, number ${n}`, `Day ${n}.`),
    );
    const week = [article(904, 'Market report today, number nine: Valparaiso', 'Day nine.')];
    const rare = article(68, 'Cranes of Valparaiso', 'Ships and cranes, seen by a painter who stayed.');
    expect(rankRelated(week, [...daily, rare], 1).map(({ id }) => id)).toEqual(['68']);
  });

  test('what the week carries or tells is left out, and one story comes once', () => {
    const [bonds, bridge] = WEEK;
    if (!bonds || !bridge) throw new Error('no week');
    const copy = { ...article(50, '', ''), title: bridge.title, html: bridge.html };
    const twins = [
      article(51, 'A bridge in Porto', 'Steel arches.'),
      article(52, 'A bridge in Porto', 'Steel arches.'),
    ];
    const chosen = rankRelated(WEEK, [...archive, bonds, copy, ...twins], 50).map(({ id }) => id);
    expect(chosen).not.toContain('901');
    expect(chosen).not.toContain('50');
    expect(chosen).toContain('52');
    expect(chosen).not.toContain('51');
  });

  test('what has nothing in common is left out, and without a week there is nothing', () => {
    expect(rankRelated(WEEK, [article(60, 'Quokkas', 'Marsupials sleeping.')])).toEqual([]);
    expect(rankRelated([], archive)).toEqual([]);
    expect(rankRelated(WEEK, [])).toEqual([]);
  });

  test('at most twelve unless told otherwise', () => {
    const many = Array.from({ length: 30 }, (_, n) =>
      article(n + 100, `Bridge ${n}`, `Number ${n} of ${n * 7}`),
    );
    expect(rankRelated(WEEK, many)).toHaveLength(12);
    expect(rankRelated(WEEK, many, 3)).toHaveLength(3);
  });
});
