import type { ExampleArticle } from '../articles.ts';

/** Long pieces of the two weeks before. */
export const ARCHIVED_IN_DEPTH: readonly ExampleArticle[] = [
  {
    slug: 'a-field-guide-to-rollup-exits',
    title: 'A field guide to rollup exits',
    category: 'in-depth',
    author: 'Sunniva Achterberg',
    tags: ['rollups', 'bridges', 'security'],
    hoursAgo: 200.4,
    summary:
      'Every rollup says that you can always leave. We tried it on four of them, without their help, with a stopwatch and a small sum of our own.',
    image: { motif: 'layers', palette: 'ember' },
    html: `<p>The sentence stands in every description of a rollup: users can always withdraw to the base chain, even if the
operator stops. It is a promise that hardly anyone tests, because on a good day there is a faster way. So we tested it. We
put a hundred dollars into each of four rollups, blocked their operators' addresses in our firewall, and tried to get the
money back.</p>
<h2>What an exit needs</h2>
<p>Three things are necessary. The first is a way to tell the base chain that one wants to leave, without the operator's
consent. The second is the data: to prove a balance, one has to know the state of the rollup, so the state must be
rebuildable from what the base chain holds. The third is a program that does both, and that an ordinary person can run.</p>
<p>On Corvane all three exist. A command-line tool rebuilt the state in five hours on a laptop, and the withdrawal was paid
after the forced-inclusion delay of a day and the next proof. On Tessaly the contract has the function, but the tool needs
data from a server of the project; without it we had to ask a stranger for a copy. On Ninefold our request was included
after twelve hours. On the fourth, a small rollup that stores its data with a committee, we did not get out at all until we
let its servers back in.</p>
<h2>The price of the emergency door</h2>
<p>Leaving by oneself is dear. The four attempts cost between nine and sixty dollars in fees on Haldane, and most of a
working day each. For a hundred dollars that is absurd; for a pension fund it is nothing. A bridge that lends the money in
between takes ten minutes and a few cents, which is why everybody uses one, and why the emergency door is tested so
rarely.</p>
<blockquote><p>An exit that nobody has walked through is a painting of an exit.</p></blockquote>
<p>Our advice to projects is to hold a fire drill: once a year, switch the operator off for a day on a copy of the network,
and let users find the way by themselves. To users, the advice is to look for three words in the documentation, forced
inclusion, data and tool, and to be wary when one of them is missing.</p>`,
  },
  {
    slug: 'light-clients-could-replace-bridge-committees',
    title: 'How light clients could replace the committees of bridges',
    category: 'in-depth',
    author: 'Teodor Vahlne',
    tags: ['bridges', 'zero-knowledge', 'security'],
    hoursAgo: 247.6,
    summary:
      "A bridge has to believe something about another chain. Today it believes a committee. A proof of the other chain's headers could do, and is now cheap enough to try.",
    image: { motif: 'arches', palette: 'sea' },
    html: `<p>A bridge is a question: did this deposit really happen over there? The chain on this side cannot see the other, so
somebody has to answer. In most bridges a committee of nine or fifteen keys does. When enough members sign that a deposit
happened, the bridge pays out. Nearly all large bridge thefts of the past years were thefts of such keys.</p>
<h2>A chain that watches another</h2>
<p>A light client answers in another way. It follows only the headers of the other chain, checks that its validators have
signed them, and then checks a short proof that the deposit stands in a block under such a header. No committee can lie to
it. To deceive it, one would have to deceive the other chain itself.</p>
<p>The idea is older than most bridges, and the obstacle was always cost. Checking the signatures of several hundred
validators inside a contract took more computation than a block had room for. Zero-knowledge proofs change that: a machine
outside checks the signatures and proves that it did, and the contract checks one short proof, for about the price of a
simple swap.</p>
<p>Ferrystone has run such a client on trial beside its committee. For each transfer it compares the two answers. In six
months they differed once, when the committee was wrong: a member had signed for a block that was later replaced.</p>
<h2>What remains to be trusted</h2>
<p>A light client does not remove trust, it moves it to where it already was. If the validators of the other chain collude,
the bridge is lost along with everything else on that chain. The program that writes the proof may contain mistakes, and so
may the contract that checks it. Validators come and go, so the client has to follow changes of the set, and a client that
has slept for months must be woken with care.</p>
<ul><li>A proof is written every ten minutes and costs about a dollar, shared among all transfers in that time.</li>
<li>A transfer waits until the other chain's block is final, thirteen minutes on Haldane.</li>
<li>The only power left to the committee would be to delay a transfer for a day.</li></ul>
<p>That last power is meant to stay. Even a bridge that can be shown to be right should be able to hesitate when sums are
large and the program is young.</p>`,
  },
  {
    slug: 'long-road-to-a-tokenised-municipal-bond',
    title: 'The long road to a tokenised municipal bond',
    category: 'in-depth',
    author: 'Mireille Okafor-Dunne',
    tags: ['tokenised-bonds', 'regulation'],
    hoursAgo: 297.3,
    summary:
      'It took Varnholm eleven months to sell its first bond on a public chain. The code was ready in five weeks. What happened in the rest of the time is the interesting part.',
    image: { motif: 'tiles', palette: 'dusk' },
    html: `<p>The treasurer of Varnholm keeps a folder on her desk, as thick as a brick. It holds the correspondence about the
city's first tokenised bond: 212 letters, of which four concern software. The contract that records who owns the bond has
300 lines and was finished in five weeks. The folder took the rest of the year.</p>
<h2>Who is the owner?</h2>
<p>The first question was what a buyer buys. A bond is an entry in a register, and the law says who may keep one. The city's
lawyers first proposed that the chain should be a mere copy of the bank's list. Then the token would have been a picture of
a bond. It took a change in the land's securities act, of a single paragraph, before the chain itself could be the
register.</p>
<p>The second question was what happens when somebody loses a key. In the city's view an owner who can prove who he is must
not lose his savings with his telephone. So the contract knows a registrar, who can move a bond after a court's order and
thirty days of public notice. Purists dislike it. Savers, when asked, called it the reason for which they dared to buy.</p>
<blockquote><p>People did not ask us about the blockchain. They asked what happens when they die.</p></blockquote>
<h2>Interest without a coin</h2>
<p>The third question was how to pay interest. Paying in a stablecoin would have been simple for the code and hard for the
buyers, most of whom own none. The city pays through its bank instead: on the day of record the contract fixes a list of
owners, and the bank pays the accounts that belong to them. A failed payment is marked in the contract, so that anyone can
see that the city still owes it.</p>
<p>What was gained? The issue cost about a third less than an ordinary one, mostly in fees for custody. Settlement takes
minutes, where it used to take two days. The smallest piece fell from a thousand to a hundred. None of this is a revolution.
But the second issue can copy almost all of the folder, and three other cities have asked whether they may have it.</p>`,
  },
  {
    slug: 'measuring-a-validators-electricity-bill',
    title: "Measuring a validator's electricity bill",
    category: 'in-depth',
    author: 'Teodor Vahlne',
    tags: ['energy', 'staking'],
    hoursAgo: 341.9,
    summary:
      'Estimates of what a proof-of-stake network uses differ by a factor of nine. We put meters on twelve machines to find out why.',
    image: { motif: 'peaks', palette: 'moss' },
    html: `<p>How much electricity does a network of validators use? The lowest published estimate for Haldane is 1.1
gigawatt-hours a year, the highest 9.8. Both are tiny beside the mining that came before, and yet a factor of nine is not an
error of measurement. It is a difference in what is being counted. We asked twelve operators to let us put a meter on their
machines for a month.</p>
<h2>The machine in the cupboard</h2>
<p>Seven of the machines stood at home. The smallest, a fanless computer of the size of a book, drew eleven watts. The largest,
a former gaming computer, drew 140, most of it for a graphics card that does nothing. The median was 38 watts. The five
machines in data centres drew more, about 90 watts each, but ran between 20 and 400 validators apiece.</p>
<p>That is the first reason for the spread. An estimate that multiplies validators by watts counts the same machine four
hundred times. An estimate that counts network addresses misses the spare machines that stand ready and draw power without
being seen.</p>
<h2>What belongs to the bill</h2>
<p>The second reason is the edge of the system. A data centre uses power for cooling, between a tenth and a half on top of
what the machines draw. Home machines heat the home, which in winter replaces other heating and in summer adds to the work
of a fan. Block builders run machines of their own, as do provers for rollups, and a prover draws more in an hour than a
validator in a week. Whether they belong to the network's bill is a matter of definition.</p>
<ul><li>Validators alone, each machine counted once: about 1.6 gigawatt-hours a year.</li>
<li>With spare machines and cooling: 2.4.</li>
<li>With builders and the provers of all rollups: 5.2.</li></ul>
<p>All three are true. A report that gives one of them should say which. The network as a whole, in its widest sense, uses
about as much as a town of two thousand people, and the part that grows is proving, not validating. Where the power comes
from matters at least as much as how much there is of it, and on that point most operators could not give us an answer
beyond the name on the bill.</p>`,
  },
  {
    slug: 'what-a-block-builder-sees',
    title: 'What a block builder sees',
    category: 'in-depth',
    author: 'Mireille Okafor-Dunne',
    tags: ['mev', 'privacy'],
    hoursAgo: 401.7,
    summary:
      'Nine blocks in ten on Haldane are put together by five companies. We sat beside one of them for an evening and watched the bids come in.',
    image: { motif: 'waves', palette: 'plum' },
    html: `<p>Every twelve seconds an auction ends. On the screen in front of us, bids climb in small steps from the left to the
right, then stop; one turns green. The builder whose office we are sitting in has won the right to fill a block, for the
equivalent of 41 dollars, and expects to have earned 44 with it.</p>
<p>Most validators on Haldane do not choose the transactions in their blocks. They sell the work, through relays such as
Clearwell, to whoever bids most. The builder collects transactions from the public pool and from private feeds, tries
thousands of orders, and keeps the one that pays best. Five builders make nine blocks in ten.</p>
<h2>Three kinds of profit</h2>
<p>The evening's profit came from three sources. The largest was the most respectable: prices on two exchanges had drifted
apart, and a trade brought them together. The second was liquidation. A loan was no longer covered, the contract offered a
reward for closing it, and four traders wanted it. The third source was the sandwich, in which a user's purchase is
surrounded by a purchase and a sale of somebody else. The builder does not make such trades, we are told, but does not throw
them out of the bundles that others send.</p>
<blockquote><p>If I refuse the bundle, the next builder takes it, and wins the block.</p></blockquote>
<h2>Private roads</h2>
<p>The remarkable thing was what could not be seen in public. More than half of the value in that evening's blocks came by
private feeds: from wallets that send their users' trades to a few builders and get a refund, and from traders with
contracts of their own. Users of such wallets are safe from sandwiches, and the builders without the feeds lose. That is how
there came to be five.</p>
<p>Several remedies are on the table. Lists of transactions that a builder must include keep anyone from being left out.
Encrypted pools hide the contents until the order is fixed. Burning the proceeds of the auction would at least spread them
among all holders. None of them changes the fact that order is worth something. They decide who gets it.</p>`,
  },
  {
    slug: 'wallet-recovery-from-seed-phrases-to-guardians',
    title: 'Wallet recovery, from seed phrases to guardians',
    category: 'in-depth',
    author: 'Sunniva Achterberg',
    tags: ['wallets', 'security'],
    hoursAgo: 454.8,
    summary:
      'Twelve words on paper, a passkey in the cloud, three friends with a veto: every way back into a wallet is also a way in. A comparison for people who lose things.',
    image: { motif: 'orbits', palette: 'moss' },
    html: `<p>Losing a key used to be the end. There was no office to go to and no form to fill in, and for a while that was thought
to be the point. Then wallets came to people who lose umbrellas. Today there are four ways to get back in, and each of them
is also a way for somebody else.</p>
<h2>Words on paper</h2>
<p>A seed phrase of twelve words is the key itself, written so that a person can copy it. It needs no company and no network.
It burns, fades and is photographed. In a survey of 900 users by the Linden Institute, one in four could not find theirs,
and one in six had it in a cloud folder, where it protects nothing.</p>
<h2>Passkeys</h2>
<p>A passkey lives in the secure part of a phone and is copied by its maker to the owner's other devices. Losing one device
does no harm. Losing the account with the maker does, and so may a court order to the maker. For small sums most people
should accept that, and the wallets that use passkeys should say it.</p>
<h2>Guardians</h2>
<p>With guardians, an account's contract names several people or devices, of whom a majority can appoint a new key. None of
them can spend. A delay of two days lets the owner object to a false recovery. It works well for those who have three friends
with wallets, and it needs to be rehearsed, because friends change telephones too. In the survey, a third of guardians did
not remember that they were one.</p>
<h2>Limits</h2>
<p>The fourth way is to make the loss smaller. An account can let small payments through at once and hold large ones back for
a day, whoever signs them. A thief then gets the week's shopping and not the savings, and the owner has a day in which to
use one of the other three.</p>
<blockquote><p>Do not ask how to get back in. Ask who else could, and how long you would have to notice.</p></blockquote>
<p>The ways can be combined, and should be: a passkey for daily use, guardians for the day on which the phone is gone, a limit
in between. Whoever prefers paper should at least put it where they keep their birth certificate, and not where they keep
their photographs.</p>`,
  },
];
