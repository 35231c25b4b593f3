import type { ExampleArticle } from '../articles.ts';

/** Latest updates: short pieces, five of this week and seven older ones. */
export const NEWS: readonly ExampleArticle[] = [
  {
    slug: 'haldane-sets-date-for-wider-data-lanes',
    title: 'Haldane sets a date for wider data lanes',
    category: 'news',
    author: 'Ines Tarkowska-Bell',
    tags: ['rollups', 'data-availability'],
    hoursAgo: 2.3,
    summary: 'Developers agreed to raise the room that rollups have for their data by half, in two steps.',
    image: { motif: 'layers', palette: 'sea' },
    html: `<p>Developers of the Haldane network agreed this week to raise the space that rollups may use for their data
by half. The change comes in two steps, three weeks apart, so that operators of small nodes can watch their bandwidth in
between and ask for a halt.</p>
<p>Rehearsals on the test network ran for twelve days. Block times did not move, and nine nodes in ten stayed under their
present traffic limits. The rest were on home connections with slow uploads; a client release due next week sends them
fewer duplicates.</p>
<p>Operators of Tessaly and Corvane, the two largest rollups on Haldane, said that they would pass lower data costs on to
users at once. Our piece on <a href="/articles/when-a-rollup-takes-off-its-training-wheels">rollups without training
wheels</a> explains what those fees pay for.</p>`,
  },
  {
    slug: 'supervisors-publish-final-stablecoin-reserve-rules',
    title: 'Supervisors publish their final reserve rules for stablecoins',
    category: 'news',
    author: 'Marek Odell',
    tags: ['stablecoins', 'regulation'],
    hoursAgo: 20.6,
    summary: 'Issuers get nine months to move reserves into short-dated paper and to publish them each week.',
    image: { motif: 'rings', palette: 'slate' },
    html: `<p>The Council of Market Supervisors published its final reserve rules for stablecoins. Issuers
have nine months to hold at least sixty percent of their reserves in government paper of under ninety days, and to publish
the full list each week.</p>
<p>Two demands from the draft are gone. Issuers need not keep a fixed share at a central bank, and small coins, under fifty
million in circulation, may report monthly.</p>
<ul><li>Weekly reports must be signed by an outside accountant.</li>
<li>Holders must be able to redeem at par within two working days.</li>
<li>Interest may not be paid on balances.</li></ul>
<p>The issuer of the Merle dollar said that it already meets the first two points. We read
<a href="/articles/stablecoin-reserve-rules-line-by-line">the rules line by line</a>.</p>`,
  },
  {
    slug: 'quayline-bridge-resumes-withdrawals',
    title: 'Quayline bridge resumes withdrawals after a two-day pause',
    category: 'news',
    author: 'Adaora Lindqvist',
    tags: ['bridges', 'security'],
    hoursAgo: 46.8,
    summary: 'A watcher stopped the bridge when two oracles disagreed. No funds moved, and nobody lost any.',
    image: { motif: 'arches', palette: 'ember' },
    html: `<p>Quayline has reopened withdrawals, two days after one of its watchers stopped the bridge. Two
price oracles had disagreed by more than four percent for eleven minutes, which is what the watcher is there to notice.</p>
<p>No funds moved during the pause, and a review found that one oracle had served a stale figure after a failed disk swap.
Some 3,100 transfers waited; all were paid in the order in which they had come in.</p>
<p>Quayline will now slow large transfers down instead of stopping all of them. That is close to what bridge engineers have
long asked for, as in <a href="/articles/bridges-should-fail-slowly">this week's opinion</a>.</p>`,
  },
  {
    slug: 'varnholm-sells-second-tokenised-bond',
    title: 'Varnholm sells its second tokenised bond, a third of it to small savers',
    category: 'news',
    author: 'Ines Tarkowska-Bell',
    tags: ['tokenised-bonds', 'regulation'],
    hoursAgo: 75.5,
    summary: 'The city raised 40 million for its tram lines, in pieces as small as fifty.',
    image: { motif: 'tiles', palette: 'moss' },
    html: `<p>The city of Varnholm has sold its second tokenised bond and raised forty million for the renewal of two
tram lines. The smallest piece cost fifty, against a thousand for the city's ordinary bonds, and about a third of the money
came from people who bought less than five hundred.</p>
<p>The bond pays 3.1 percent for six years. Ownership is kept on a public chain, while interest is paid through the city's
bank, so that a buyer needs an account but no cryptocurrency.</p>
<p>The first issue, a year ago, took eleven months to prepare. This one took nine weeks, since
<a href="/articles/long-road-to-a-tokenised-municipal-bond">most of the legal work</a> could be used again.</p>`,
  },
  {
    slug: 'pocketwell-turns-on-passkey-recovery',
    title: 'Pocketwell turns on passkey recovery for every new wallet',
    category: 'news',
    author: 'Jun Aldersey',
    tags: ['wallets', 'security'],
    hoursAgo: 117.4,
    summary: 'New users no longer see a seed phrase unless they ask for one.',
    image: { motif: 'orbits', palette: 'plum' },
    html: `<p>The Pocketwell wallet now sets up recovery with passkeys by default. A new user keeps one key on the phone and a
second on another device; twelve words appear only for those who ask for them.</p>
<p>In a trial with 18,000 accounts, support requests about lost access fell from forty a week to six. The price is a
dependence on the phone's maker, whose cloud copies the second key, and the wallet says so on the first screen.</p>
<p>Existing users keep their phrases and can add a passkey beside them. How the older ways compare is told in our
<a href="/articles/wallet-recovery-from-seed-phrases-to-guardians">guide to wallet recovery</a>.</p>`,
  },
  {
    slug: 'tessaly-cuts-proving-window-to-thirty-minutes',
    title: 'Tessaly cuts its proving window to thirty minutes',
    category: 'news',
    author: 'Jun Aldersey',
    tags: ['rollups', 'zero-knowledge'],
    hoursAgo: 190.2,
    summary: 'The rollup now proves its blocks twice an hour, where it used to take half a day.',
    image: { motif: 'lattice', palette: 'sea' },
    html: `<p>The Tessaly rollup has begun to post a zero-knowledge proof every thirty minutes. Until last week it proved its
blocks twice a day, and withdrawals to Haldane waited for the next proof.</p>
<p>The gain comes from splitting each batch into 64 parts that are proven side by side and folded together at the end. The
bill grew by a fifth, which the operators expect to win back when its proving hardware is renewed.</p>
<p>For users little changes except the wait. Transfers out of the rollup now take less than an hour, without a bridge that
lends the money in between.</p>`,
  },
  {
    slug: 'stakewright-caps-its-share-of-validators',
    title: 'Stakewright caps its share of validators at one in five',
    category: 'news',
    author: 'Adaora Lindqvist',
    tags: ['staking', 'governance'],
    hoursAgo: 213.7,
    summary: 'Holders of the staking pool voted to stop growing before it could hold up the network alone.',
    image: { motif: 'orbits', palette: 'sea' },
    html: `<p>Holders of the Stakewright staking pool voted to cap it at twenty percent of all validators on Haldane. The pool
stands at eighteen; above the cap, new deposits wait in a queue until others leave.</p>
<p>The vote was closer than expected, with 54 percent in favour. Those against feared that money would go to exchanges,
which know no cap. Those in favour pointed to one number: whoever runs a third of the validators can keep blocks from
becoming final.</p>
<p>The rule takes effect in six weeks. It can be lifted only by a second vote with a majority of two thirds.</p>`,
  },
  {
    slug: 'ferrystone-pays-bounty-for-signature-flaw',
    title: 'Ferrystone pays its largest bounty for a flaw in signatures',
    category: 'news',
    author: 'Marek Odell',
    tags: ['bridges', 'security'],
    hoursAgo: 261.9,
    summary:
      'A student showed that one committee key could have signed twice. The bridge was mended in a day.',
    image: { motif: 'arches', palette: 'plum' },
    html: `<p>The Ferrystone bridge has paid 400,000 to a student who found that one key of its signing committee could be
counted twice. With three more keys, an attacker could have released funds that nobody had deposited.</p>
<p>The report came in one evening; a mended contract was live by the next. An audit of all transfers since the
bridge's first day found no use of the flaw.</p>
<p>The committee will shrink its own role. Within half a year, a light client checks the other chain's headers, and the keys
can only delay a transfer, not approve one.</p>`,
  },
  {
    slug: 'merle-dollar-issuer-starts-weekly-reserve-report',
    title: 'Issuer of the Merle dollar starts a weekly reserve report',
    category: 'news',
    author: 'Ines Tarkowska-Bell',
    tags: ['stablecoins', 'payments'],
    hoursAgo: 304.5,
    summary: 'The list names every bill by its number and says when it falls due.',
    image: { motif: 'rings', palette: 'moss' },
    html: `<p>The issuer of the Merle dollar now publishes its reserves every Monday. The list names each government bill, its
number and its due date, and an accountant signs it.</p>
<p>The first report shows 71 percent in bills of under ninety days, 22 percent in overnight deposits at five banks and the
rest in cash. The average bill falls due in 38 days.</p>
<p>Earlier reports came four times a year and gave totals only. The issuer says that the change follows the supervisors'
draft rules for stablecoins, which ask the same of everyone.</p>`,
  },
  {
    slug: 'saltmarsh-dao-cuts-delegate-pay',
    title: 'Saltmarsh DAO cuts the pay of its delegates by half',
    category: 'news',
    author: 'Jun Aldersey',
    tags: ['governance'],
    hoursAgo: 351.8,
    summary: 'Delegates keep a base sum and earn the rest by voting and by giving reasons.',
    image: { motif: 'waves', palette: 'ember' },
    html: `<p>Members of the Saltmarsh DAO voted to halve the fixed pay of their 24 delegates. The other half must now be earned:
by voting on at least nine proposals in ten, and by publishing reasons of more than a line.</p>
<p>Turnout among delegates had slipped from 88 to 61 percent over the year, while the budget for their pay doubled. Six
delegates said that they would leave; fourteen new people have put their names forward.</p>
<p>The vote itself drew the highest turnout of the year, at 43 percent of all tokens.</p>`,
  },
  {
    slug: 'kelder-valley-validators-move-to-hydro',
    title: 'Validators in the Kelder valley move to hydropower',
    category: 'news',
    author: 'Adaora Lindqvist',
    tags: ['energy', 'staking'],
    hoursAgo: 409.6,
    summary: 'Ninety machines now run beside a small dam that used to sell its night power for nothing.',
    image: { motif: 'peaks', palette: 'sea' },
    html: `<p>A cooperative in the Kelder valley has moved ninety validator machines into a shed beside its small dam. The plant
used to give its night power away, since the line to the next town carries only so much.</p>
<p>Together the machines draw about four kilowatts, as much as two kettles. The cooperative earns more from renting the shed
than it did from the power, and the validators' operators can show where their electricity comes from.</p>
<p>A meter at the door is public. Anyone can compare it with the number of validators that the shed claims to hold.</p>`,
  },
  {
    slug: 'lanternkey-wallet-adds-spending-limits',
    title: 'Lanternkey wallet adds daily spending limits',
    category: 'news',
    author: 'Marek Odell',
    tags: ['wallets', 'payments'],
    hoursAgo: 465.3,
    summary: 'Small payments go through at once; larger ones wait a day and can be called back.',
    image: { motif: 'tiles', palette: 'plum' },
    html: `<p>The Lanternkey wallet now lets its users set a daily limit. Payments below it go through at once. Anything above
waits for a day, during which any device of the owner can call it back.</p>
<p>The limit lives in the account's contract and not in the app, so that a thief with the phone cannot lift it. Raising the
limit takes a day as well; lowering it takes effect immediately.</p>
<p>In the first week, 31 percent of users set one. The most common choice was the equivalent of a weekly shop.</p>`,
  },
];
