import type { ExampleArticle } from '../articles.ts';

/** Long pieces of this week. */
export const IN_DEPTH: readonly ExampleArticle[] = [
  {
    slug: 'when-a-rollup-takes-off-its-training-wheels',
    title: 'What happens when a rollup takes off its training wheels',
    category: 'in-depth',
    author: 'Sunniva Achterberg',
    tags: ['rollups', 'security', 'governance'],
    hoursAgo: 8.9,
    summary:
      'Most rollups still have a council that can overrule the code. Corvane is the first large one to give that up, step by step. We followed the work for four months.',
    image: { motif: 'layers', palette: 'dusk' },
    html: `<p>A rollup promises that nobody can take your money, not even the people who run it. For most rollups the promise
has a footnote: a council holds keys that can replace the contracts within hours. The keys exist for a good reason. If a bug
lets someone print coins, somebody has to be able to stop it. But a door that lets the fire brigade in lets others in as
well.</p>
<h2>Three doors, closed one at a time</h2>
<p>Corvane, which carries some two million transfers a day, had three such doors. The first let the operator refuse a
transaction for ever. It closed four months ago: a user who is ignored for a day can now hand the transaction to the base chain, and
the rollup has to include it or stop. Forty people tried it in the first month, most of them out of curiosity.</p>
<p>The second door let five of nine council members change the contracts at once. They still can, but only when two
independent provers disagree about the same block, which the contract notices by itself. In every other case a change waits
for thirty days, long enough for anyone to leave.</p>
<blockquote><p>We used to be trusted not to turn the key. Now the lock asks for a reason that it can check.</p></blockquote>
<p>The third door is the prover. When only one program can write proofs, a mistake in it is a mistake in the money. Corvane
now accepts a block when two programs, written by teams that do not share code, agree on it. They have disagreed twice since
then, both times over a corner of the arithmetic that no real transaction had touched.</p>
<h2>What it costs</h2>
<p>Independence is not free. Two proofs cost nearly twice as much as one, and the wait of thirty days means that ordinary
improvements arrive slowly. Not long ago a fix that would have saved users a tenth of their fees sat in the queue for a month
while everybody could see it.</p>
<p>Nor is the work finished. The council can still pause deposits, though not withdrawals, and it chooses its own
successors. Tessaly, the other large rollup on Haldane, keeps all three doors for now and says so on its front page, which
is itself a kind of progress. A user who wants to compare them need ask only one question: if everybody in the project
vanished tonight, could I still get my money out? For Corvane the answer is now yes. Somebody
has already <a href="/articles/a-field-guide-to-rollup-exits">written down the steps</a>.</p>`,
  },
  {
    slug: 'inside-the-proof-factory',
    title: 'Inside the proof factory: how a zero-knowledge proof became cheap',
    category: 'in-depth',
    author: 'Teodor Vahlne',
    tags: ['zero-knowledge', 'rollups', 'energy'],
    hoursAgo: 32.7,
    summary:
      'Three years ago a proof for one block cost as much as a dinner. Today it costs less than the paper napkin. A walk through the machines, the mathematics and the power bill.',
    image: { motif: 'lattice', palette: 'dusk' },
    html: `<p>The hall smells of warm dust. Four rows of machines stand in it, two hundred graphics cards in all, and their only
product is conviction: short strings of numbers that prove that a long computation was done correctly. Glasswork, a laboratory
with thirty people, makes about nine thousand of these proofs a day for four rollups.</p>
<p>In the laboratory's first year one proof for a block of two hundred transactions cost eleven dollars. Last month the
average was under two cents. No single discovery explains the fall. It is the product of four things, each of which made the
others worth doing.</p>
<h2>Four factors</h2>
<ul><li><strong>Smaller numbers.</strong> Older systems calculated with numbers of 254 bits. Newer ones use 31 bits, which
fit the registers of an ordinary chip, and repeat a check where the small numbers prove too little.</li>
<li><strong>Look-ups in place of arithmetic.</strong> A table of known answers replaces long chains of multiplications,
above all in hashing.</li>
<li><strong>Folding.</strong> Many small proofs are folded into one, so that parts of a block can be proven side by
side.</li>
<li><strong>Plain engineering.</strong> Keeping data on the card for the whole proof saved a third of the time, with no new
mathematics at all.</li></ul>
<p>The last point is the one that the laboratory is proudest of. For years its cards sat idle for half of each second,
waiting for data from the host. A student drew the waiting times on a wall, in colours, and it took six weeks to remove
most of the red.</p>
<h2>The bill on the wall</h2>
<p>Electricity is now the largest cost. A proof takes about 150
watt-hours, enough to boil a litre and a half of water. Shared
among the transactions of a block, that is next to nothing, but nine thousand proofs a day are not. The laboratory buys
night power and keeps work that can wait, such as proofs for withdrawals, until after ten in the evening.</p>
<p>Does cheap mean safe? A proof system is also a program, and the optimisations that made it fast made it hard to read. Two
of the laboratory's customers therefore demand a second proof from a different system, which doubles the price of what has
become cheap. Others point out that a proof says nothing about who can see the data, a difference that is easily lost and
that our columnist <a href="/articles/proofs-are-not-privacy">described last month</a>. The machines in the hall do not
mind. They go on being convinced, nine thousand times a day.</p>`,
  },
  {
    slug: 'why-leaving-staking-takes-longer-than-joining',
    title: 'The staking queue: why leaving takes longer than joining',
    category: 'in-depth',
    author: 'Mireille Okafor-Dunne',
    tags: ['staking', 'security'],
    hoursAgo: 61.6,
    summary:
      'The exit queue on Haldane reached nineteen days this month. It looks like a fault and is a safety device. What it protects, whom it hurts, and what could replace it.',
    image: { motif: 'orbits', palette: 'dusk' },
    html: `<p>Anyone who decided two weeks ago to stop staking on Haldane is still waiting. The exit queue, the line
in which validators stand before they may take their deposit home, grew to nineteen days, the longest since the network
began. On the same day, a new validator could join in under an hour.</p>
<p>The difference is deliberate. A validator's deposit is a pledge: whoever signs two versions of history loses it. A pledge
is worth something only while it can still be taken. If all validators could leave within a minute, a group of them could
sign a false history, withdraw, and have nothing left to lose by the time anyone noticed.</p>
<h2>A turnstile, not a wall</h2>
<p>So the protocol lets only a few validators out in each epoch, in proportion to how many there are. On an ordinary day
nobody notices, because fewer people leave than the turnstile lets through. This month was not ordinary. A large exchange
moved its staking to a new provider and asked for 31,000 exits in one afternoon, and everyone who came later stood behind
it.</p>
<p>Most of those who waited were not in a hurry. Others were. Pools that issue a tradable token for staked coins promise
that the token is worth about as much as the coin. When the exit takes weeks, the token trades at a discount; Stakewright's
fell by 1.4 percent before it recovered. A trader who had borrowed against it lost the difference.</p>
<h2>Three ways out of the way out</h2>
<p>Researchers discuss three changes. The first is to let the turnstile turn faster when few have left in the past weeks, as
if unused tickets could be saved up. Simulations by the Linden Institute suggest that this would have cut the wait to eight
days without weakening the pledge. The second is to sell places in the line, which would help those in a hurry and might
favour those with money. The third is to make large exits queue behind small ones, which sounds fair until a large staker
splits into a thousand small ones.</p>
<blockquote><p>Every shortcut in the queue is a question about who may leave a burning house first.</p></blockquote>
<p>The first proposal has the best chance. It is in review for the upgrade after next, which in practice is more than a
year away. Until then the advice is dull: look at the queue before staking money that may be needed soon, since the way in
says nothing about the way out. The punishment for those who do sign twice is a separate debate, in which some argue that
<a href="/articles/slashing-should-be-rarer-and-sharper">slashing should be rarer and sharper</a>.</p>`,
  },
  {
    slug: 'stablecoin-reserve-rules-line-by-line',
    title: 'The stablecoin reserve rules, line by line',
    category: 'in-depth',
    author: 'Sunniva Achterberg',
    tags: ['stablecoins', 'regulation', 'payments'],
    hoursAgo: 97.8,
    summary:
      'The near-final text runs to 88 pages. We read all of them: what reserves may hold, who must redeem, and the three sentences that issuers fought over.',
    image: { motif: 'rings', palette: 'dusk' },
    html: `<p>The Council of Market Supervisors let a near-final text of its reserve rules circulate last week. It has 88 pages, of
which a reader can skip thirty. The remainder decides what a coin that claims to be worth a dollar must have in its
cupboard.</p>
<h2>What may lie in the reserve</h2>
<p>At least sixty percent has to be government paper that falls due within ninety days. Bank deposits may make up thirty
percent, with no more than a fifth of them at any one bank. The rest can be cash, or loans of one night against government
paper. Corporate bonds are out, and so are the issuer's own tokens, which two failed coins had counted as reserves.</p>
<p>The limit of ninety days is the heart of the text. Paper that falls due soon hardly changes in price when interest rates
move, so an issuer who has to sell in a hurry loses little. The draft had said sixty days. Issuers replied that there is not
enough such paper to go round at the end of a quarter, and the supervisors, after asking the treasuries, agreed.</p>
<h2>Who must pay, and how fast</h2>
<p>Every holder may redeem, not just the large customers who do so today. The issuer has two working days and may charge what
the transfer costs, no more. It may ask who the holder is. It may suspend redemption only with the supervisor's consent, and
then for everyone at once.</p>
<blockquote><p>A coin that only its wholesalers can redeem is worth a dollar to its wholesalers.</p></blockquote>
<p>Three sentences drew most of the letters. One forbids interest on balances, so that coins do not compete with savings
accounts; issuers call it protection for banks. One makes directors personally liable for a false report. And one says that
a holder's claim ranks before all others when an issuer fails, which sounds harmless and changes the law of insolvency in
several countries.</p>
<h2>What is missing</h2>
<p>The text says little about coins that live on several chains at once. When a bridge holds coins on one chain and hands out
copies on another, the holder of a copy has a claim on the bridge and not on the issuer. A footnote promises a report within
two years. It says nothing, either, about coins that are backed by other tokens and not by money; they may not call
themselves stable, and that is all.</p>
<p>For those who use stablecoins to pay wages or rent, the short version is this: within a year the large coins should be as
dull as a money market fund, and whoever wants to know what backs them can read it every week.</p>`,
  },
  {
    slug: 'a-year-of-encrypted-mempools',
    title: 'Who pays for order? A year of encrypted mempools',
    category: 'in-depth',
    author: 'Teodor Vahlne',
    tags: ['mev', 'privacy', 'rollups'],
    hoursAgo: 139.5,
    summary:
      'Ninefold hides transactions until their order is fixed. After a year the figures are in: sandwich trades are gone, but something else has taken their place.',
    image: { motif: 'waves', palette: 'sea' },
    html: `<p>A transaction that waits in public is a letter read by everyone in the post office. Traders see that somebody is about
to buy, buy first, and sell a moment later at the price that they have just raised. The trade is called a sandwich, and on
some networks it costs ordinary users more than the fees do.</p>
<p>A year ago Ninefold, a rollup for small exchanges, tried a remedy that had lived in papers for a decade. Users encrypt
their transactions. Validators agree on an order while they cannot read them, and only then put together the key that opens
the batch.</p>
<h2>What the figures say</h2>
<p>The Linden Institute compared the twelve months before with the twelve months after. Sandwich trades fell from about nine
hundred a day to none that could be found. The average price that a user got for a swap improved by eleven hundredths of a
percent, which is more than it sounds: over the year it comes to some fourteen million dollars.</p>
<p>But profit from order did not vanish. It moved. When the batch is opened, prices on Ninefold differ for a moment from
prices elsewhere, and whoever trades first in the next batch earns the difference. Before, that race was run with money, in
bids to the block builder. Now it is run with repetition: traders send the same order a thousand times in the hope that one
of them stands early. At the worst moment six transactions in ten were such tickets.</p>
<blockquote><p>We closed the window and they came to queue at the door.</p></blockquote>
<h2>Selling the first place</h2>
<p>Four months ago Ninefold began to auction the first place of each batch and to pay the proceeds to those whose trades moved
the price. The tickets went away within a week. The auction brings in about thirty thousand dollars a day, and the larger
part of it now goes to users, where it used to go to builders.</p>
<p>There are costs. A transfer takes three seconds longer, because the key has to be put together. If more than a third of
validators are offline, batches stay closed, and one night they did so for forty minutes. And the scheme rests on
the validators not pooling their shares of the key in secret, for which there is no proof, only the threat of losing a
deposit.</p>
<p>Other networks are watching. Haldane has put a similar scheme on its list without a date. What a builder can see when
nothing is hidden is described in <a href="/articles/what-a-block-builder-sees">an earlier piece</a>; read together, the two
show how much of a market is the order in which it is written down.</p>`,
  },
];
