import type { ExampleArticle } from '../articles.ts';

/** Expert opinions, by authors who do not exist: four of this week and five older ones. */
export const OPINIONS: readonly ExampleArticle[] = [
  {
    slug: 'bridges-should-fail-slowly',
    title: 'Bridges should fail slowly',
    category: 'opinion',
    author: 'Dr Leontien Abara-Voss, security engineer',
    tags: ['bridges', 'security'],
    hoursAgo: 14.2,
    summary:
      'A bridge that stops when in doubt has already lost. Let it limp: small sums pass, large ones wait.',
    image: { motif: 'arches', palette: 'dusk' },
    html: `<p>When the Quayline bridge stopped this week, most people praised the watcher that had stopped it. I do not. The
watcher did its work, and three thousand people could not reach their money because of a figure that concerned none of
them.</p>
<p>Engineers of lifts learned this long ago. A lift that detects a fault does not stop between two floors. It creeps to the
nearest one and opens its doors. A bridge should creep as well. Nine transfers in ten are worth less than a month's rent;
let them pass, up to a sum per hour that the bridge could afford to lose. Let the large ones wait for a day.</p>
<blockquote><p>The measure of a safe bridge is how much can leave in the first hour in which everything is wrong.</p></blockquote>
<p>The usual reply is that any sum stolen is too much. But a bridge that can only run or stop makes people afraid to stop
it. In the four thefts that I have studied, somebody saw the first odd transfer and hesitated, because stopping meant a bad
headline. A bridge that slows down by itself spares them the choice.</p>
<p>Light clients and proofs will make bridges more truthful. They will not make them infallible. Give me a truthful bridge
that is also slow to panic.</p>`,
  },
  {
    slug: 'a-dao-is-not-a-parliament',
    title: 'A DAO is not a parliament, and need not be one',
    category: 'opinion',
    author: 'Caspian Oyelaran, organisational sociologist',
    tags: ['governance'],
    hoursAgo: 53.9,
    summary:
      'We measure DAOs by their turnout, as if they were states. They look more like allotment gardens.',
    image: { motif: 'rings', palette: 'plum' },
    html: `<p>Each month somebody publishes a chart of falling turnout in DAOs and concludes that governance on chains has failed.
The chart is right and the conclusion is not. Turnout is how one measures a state, which one cannot easily leave. A DAO one
can leave on a Tuesday afternoon.</p>
<p>I have spent two years with the members of four of them. The body they resemble most is an allotment association. There is
common ground, a water bill, a few rules about hedges. Most members want to grow their beans. They come to the meeting when
the water bill doubles, and it is good that they do not have to come otherwise.</p>
<p>What such a body needs is not more voting. It needs three things that allotments have and most DAOs lack:</p>
<ul><li>a small board with a budget that it may spend without asking;</li>
<li>a date on which the board ends by itself;</li>
<li>a right for any small group to call a meeting.</li></ul>
<p>The Fernbrook Collective has worked like this for half a year. It held three votes in that time, where it used to hold
sixty. Turnout is at 52 percent, for those who like charts. Nobody I asked there could tell me when the next vote would be,
and nobody seemed to miss it.</p>`,
  },
  {
    slug: 'tokenised-bonds-need-boring-lawyers',
    title: 'Tokenised bonds need boring lawyers',
    category: 'opinion',
    author: 'Henrike Solvang-Mbeki, securities lawyer',
    tags: ['tokenised-bonds', 'regulation'],
    hoursAgo: 87.5,
    summary: 'The technology works. What is missing is ten pages that every city can copy.',
    image: { motif: 'tiles', palette: 'ember' },
    html: `<p>I have now advised on seven tokenised bonds, and in none of them was the chain the difficulty. The difficulty was that
each issuer wished to be the first of its kind, and paid for it.</p>
<p>Ordinary bonds are cheap to issue because they are all alike. Their terms fit on a form that nobody reads, for the excellent
reason that everyone knows what it says. Tokenised bonds arrive with terms of a hundred pages, written for the occasion. A
buyer's lawyer has to read them all. That costs more than any custodian ever did.</p>
<blockquote><p>Innovation in finance is complete when it no longer needs an adjective.</p></blockquote>
<p>What we need is a standard: ten pages on who keeps the register, what happens when a key is lost, which court decides, and
what a holder may do when interest does not arrive. Varnholm's second bond was done in nine weeks because its lawyers copied
their own first one. Let others copy it too. The city has put the text in the open; an association of treasurers could adopt it
within a season.</p>
<p>It would not make news. That is how we shall know that it worked.</p>`,
  },
  {
    slug: 'count-the-energy-honestly',
    title: 'Count the energy honestly, the small numbers too',
    category: 'opinion',
    author: 'Prof. Ailbhe Raskind, energy systems',
    tags: ['energy', 'zero-knowledge'],
    hoursAgo: 129.7,
    summary:
      'Proof of stake solved the energy problem so well that nobody looks at the meter any more. One should.',
    image: { motif: 'peaks', palette: 'dusk' },
    html: `<p>The move away from mining cut the electricity use of the large networks by more than 99 percent. It was one of the
few climate promises of the decade that was kept on the day it was due. Since then, the industry has stopped counting.</p>
<p>That is a mistake, and not because the numbers are large. They are small. But they grow in a corner where no one looks.
Rollups have their blocks proven by halls full of graphics cards, and the number of proofs doubles every ten months. Each
proof becomes cheaper, as the engineers rightly say. Lamps became cheaper too, and cities became brighter.</p>
<p>I ask for little. Let each network publish once a year what its validators, builders and provers draw, with the edges of
the count drawn in plain sight. Let provers say at what hour they run, since a kilowatt-hour at noon in a sunny country is
not the same thing as one on a winter's evening. The cooperative in the Kelder valley has put a public meter at its door. It
cost eighty dollars.</p>
<p>An industry that can prove any computation in the world should be able to prove its electricity bill.</p>`,
  },
  {
    slug: 'issuers-should-welcome-dull-rules',
    title: 'Stablecoin issuers should welcome dull rules',
    category: 'opinion',
    author: 'Rosalind Tchakarova, monetary economist',
    tags: ['stablecoins', 'regulation'],
    hoursAgo: 225.8,
    summary: "Reserve rules take away an issuer's profit on risk. They also take away its rivals'.",
    image: { motif: 'rings', palette: 'ember' },
    html: `<p>The draft rules for stablecoin reserves have been met with the groans that one would expect. Short paper earns less
than long paper. Weekly reports cost money. All true, and beside the point.</p>
<p>An issuer of a coin sells one thing, which is that nobody has to think about it. Every holder who asks what is in the
reserve is a holder who has begun to leave. Rules that make all reserves alike put an end to the asking. Banks learned that
with deposit insurance: they complained for ten years and could not imagine life without it in the eleventh.</p>
<blockquote><p>Trust is what is left over when there is nothing interesting to read in the report.</p></blockquote>
<p>There is a second gain. Today a careful issuer competes with careless ones, who hold riskier paper and can afford to pay
exchanges for shelf space. A common rule for reserves ends that race for everyone on the same day. Those who are careful by
nature gain the most.</p>
<p>I would change one point. The ban on interest protects banks and not holders, and it will be evaded within a year by
people who call interest something else. It would be better to let it be paid, and to let it be seen.</p>`,
  },
  {
    slug: 'slashing-should-be-rarer-and-sharper',
    title: 'Slashing should be rarer and sharper',
    category: 'opinion',
    author: 'Emeka Strandqvist, protocol researcher',
    tags: ['staking', 'security'],
    hoursAgo: 275.6,
    summary:
      'Most validators that lose their stake are careless, not wicked. The penalty should know the difference.',
    image: { motif: 'orbits', palette: 'ember' },
    html: `<p>Of the 430 validators that were slashed on Haldane since its beginning, I could find a bad intention in none. Some
four hundred ran the same key on two machines, because someone had moved house, or a script had started twice. They lost a
part of their deposit for clumsiness.</p>
<p>The network, meanwhile, needs the threat for one purpose: so that nobody dares to sign two histories at once in order to
reverse a payment. Such an attack needs thousands of validators within minutes. It looks nothing like a man who has moved
house.</p>
<p>So let the penalty follow the pattern. A single double signature should cost a day's rewards and a place at the end of the
queue. When a hundredth of all validators do it within the same hour, it should cost a tenth of the stake; at a third,
everything. The formula exists already, in part. It is merely set too high at the low end, where it catches only the
clumsy, and deters small operators whom the network wants to keep.</p>
<p>A punishment that falls on the careless every week is not a deterrent. It is a tax on people without a spare machine.</p>`,
  },
  {
    slug: 'proofs-are-not-privacy',
    title: 'Proofs are not privacy',
    category: 'opinion',
    author: 'Dr Yevgenia Halloran-Pryce, cryptographer',
    tags: ['zero-knowledge', 'privacy', 'rollups'],
    hoursAgo: 329.4,
    summary:
      'The words "zero knowledge" are used for systems that hide nothing at all. Time for a better name.',
    image: { motif: 'lattice', palette: 'plum' },
    html: `<p>Ask ten users of a zero-knowledge rollup who can see their payments. In my small survey, six said nobody. The
right answer is everybody. These rollups use proofs to be brief, and not to be discreet: a short string convinces the base
chain that a long computation was right. All the inputs are public, as they have to be, so that anyone can rebuild the
state.</p>
<p>The confusion is our own fault. Cryptographers named the field after its most charming property, and engineers kept the
name when they used another one. The honest term for most of what is built today is a validity proof. It says that the sum is
correct. It does not say that the sum is secret.</p>
<p>Does a name matter? It does when people act on it. I have met a charity that paid its informants through such a rollup,
believing that no one could follow the money. Anyone could have, for eight months.</p>
<p>Systems with real privacy exist, and they are harder: they have to hide the amounts, the parties and the timing, and to
answer those who ask for accounts. They deserve the words. Let everyone else give them back.</p>`,
  },
  {
    slug: 'delegates-deserve-salaries',
    title: 'Delegates deserve salaries',
    category: 'opinion',
    author: 'Ottilie Nakamura-Flynn, former delegate',
    tags: ['governance'],
    hoursAgo: 387.1,
    summary: 'Reading forty proposals a month is work. Whoever does not pay for it is paying in another way.',
    image: { motif: 'waves', palette: 'moss' },
    html: `<p>For eighteen months I was a delegate of the Saltmarsh DAO. I read about forty proposals a month, talked to those who
wrote them, and voted for some nine hundred people who had lent me their tokens. It took two days a week. Members are
now asking whether such people should be paid less.</p>
<p>I understand the irritation. Some delegates voted on everything in four minutes on Sunday night. But the answer to bad work
is to define good work, not to make it a hobby. Hobbies are taken up by those who can afford them, and by those whom
somebody else is paying. When we had no salaries, three of our most diligent delegates turned out to be employed by a
company that had proposals before us. Nobody had asked.</p>
<blockquote><p>An unpaid delegate is not free of charge. You merely do not see the invoice.</p></blockquote>
<p>Pay fewer delegates, and pay them properly. Make them publish reasons and other incomes. Let them be dismissed by those
who lent them their votes, at any moment, by one click. That last point is what parliaments cannot do, and what a DAO could
do today.</p>`,
  },
  {
    slug: 'mev-is-a-tax-spend-it-in-public',
    title: 'MEV is a tax. Spend it in public',
    category: 'opinion',
    author: 'Anselm Idowu-Karr, market designer',
    tags: ['mev', 'governance'],
    hoursAgo: 439.2,
    summary: 'We shall not abolish the profit that lies in order. We can decide where it goes.',
    image: { motif: 'waves', palette: 'slate' },
    html: `<p>There is a sum of money that every network raises from its users without a vote: what others earn by placing their
trades before and after. On Haldane it is about a million dollars a week. It has all the properties of a tax except a budget.</p>
<p>Many gifted people try to abolish it. I wish them luck, and note that each scheme so far has moved the profit and not
removed it. As long as prices change between one block and the next, being first is worth something, and someone will
pay for it, in bids, in hardware, or in a thousand copies of the same order.</p>
<p>So let us treat it as the tax that it is. Auction the first place in the open. Let the protocol collect the price, and not
five builders. Then decide, by whatever means the network decides things, what it is for: burning it, refunding those whose
trades moved the price, paying for the software that all of us use.</p>
<p>A tax that everyone can see is a nuisance. A tax that only its collectors can see is a privilege. We have the second and
could have the first.</p>`,
  },
];
