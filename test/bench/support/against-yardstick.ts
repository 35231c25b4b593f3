import type { BenchContext, Figure, Measured, Ratio } from '../bench.ts';
import { type Delivered, deliverEdition } from './delivering.ts';
import { frozenSize } from './mail-size.ts';
import type { Place } from './place.ts';
import { type Sink, withSink } from './start-sink.ts';
import { runYardstick } from './yardstick.ts';

export interface Comparison {
  readonly place: Place;
  readonly args: readonly string[];
  readonly subscribers: number;
  /** What holds ledger and queue. */
  readonly engine: string;
  /** What the ratio to the loop that signs should reach. */
  readonly goal: string;
}

const CONNECTIONS = 20;

const RATE = 'messages/s';
const CPU = 'µs CPU/message';

type Loop = Awaited<ReturnType<typeof runYardstick>>;

/** Sends one edition with a real process, and the same mails to the same sink with the loop that one would write first. */
export async function compareWithYardstick(context: BenchContext, of: Comparison): Promise<Measured> {
  return withSink(async (sink) => {
    const { subscribers, place, args } = of;
    const { port } = sink;
    const nodeArgs =
      context.profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${context.profileDir}`];
    context.say(`${subscribers} mails by one process on ${of.engine} …`);
    const ours = await deliverEdition(place, { subscribers, port, connections: CONNECTIONS, args, nodeArgs });
    const task = { frozen: ours.frozen, subscribers, port, connections: CONNECTIONS };
    context.say('the same mails by the yardstick loop …');
    const plain = await runYardstick({ ...task, dkim: false });
    context.say('the same, signed by nodemailer …');
    const signing = await runYardstick({ ...task, dkim: true });
    return report(of, { sink, ours, plain, signing });
  });
}

async function report(
  of: Comparison,
  found: { sink: Sink; ours: Delivered; plain: Loop; signing: Loop },
): Promise<Measured> {
  const { sink, ours, plain, signing } = found;
  const { subscribers } = of;
  const kilobytes = ((await frozenSize(ours.frozen)) / 1000).toFixed(1);
  return {
    kind: 'measured',
    setUp: `${subscribers} subscribers, mails of ${kilobytes} KB, ${CONNECTIONS} connections to ${sink.program}, ${of.engine}`,
    figures: [
      {
        what: 'one process, first claim to last outcome',
        value: subscribers / ours.sendingSeconds,
        unit: RATE,
      },
      { what: 'the same from the fan-out on', value: subscribers / ours.wholeSeconds, unit: RATE },
      ...perMessage('one process', ours.workerCpuSeconds, subscribers),
      ...[...ours.otherCpuSeconds].flatMap(([program, seconds]) =>
        seconds > 0 && !/^(node|MainThread)/.test(program) ? perMessage(program, seconds, subscribers) : [],
      ),
      ...(ours.peakMegabytes === null
        ? []
        : [{ what: 'one process, peak memory', value: ours.peakMegabytes, unit: 'MB' }]),
      { what: 'the loop without DKIM', value: subscribers / plain.seconds, unit: RATE },
      ...perMessage('the loop without DKIM', plain.cpuSeconds, subscribers),
      { what: 'the loop with DKIM', value: subscribers / signing.seconds, unit: RATE },
      ...perMessage('the loop with DKIM', signing.cpuSeconds, subscribers),
    ],
    ratios: [
      ratio('rate, neither signs: ours ÷ loop', plain.seconds / ours.sendingSeconds),
      ratio(
        'rate, only the loop signs: ours ÷ loop with DKIM',
        signing.seconds / ours.sendingSeconds,
        of.goal,
      ),
      ...cpuRatio('CPU of the process, neither signs: loop ÷ ours', plain, ours),
    ],
    notes: [
      'Our delivery does not sign with DKIM yet: the fair ratio is the one where neither signs; the goal speaks of both signing.',
      'Rates of ours are the ledger’s own times, its audit being whole; the loop keeps no ledger and no queue.',
    ],
  };
}

function ratio(what: string, value: number, goal: string | null = null): Ratio {
  return { what, value, goal };
}

function perMessage(what: string, seconds: number | null, messages: number): Figure[] {
  return seconds === null ? [] : [{ what, value: (seconds * 1_000_000) / messages, unit: CPU }];
}

/** Left out where the process used less than the system's clock shows. */
function cpuRatio(what: string, loop: Loop, ours: Delivered): Ratio[] {
  return ours.workerCpuSeconds ? [ratio(what, loop.cpuSeconds / ours.workerCpuSeconds)] : [];
}
