import type { Command } from 'commander';
import { decideUnsure } from '../deliveries/control.ts';
import { type DeliveryState, STATES } from '../deliveries/states.ts';
import { listDeliveries, showDelivery } from '../deliveries/view.ts';
import { findEdition } from '../editions/find.ts';
import { Problem } from '../ground/errors.ts';
import { type DeliveryId, isId } from '../ground/ids.ts';
import { type Context, print } from './context.ts';

interface ListOptions {
  readonly edition: string;
  readonly state?: string;
  readonly limit: string;
  readonly after?: string;
  readonly json?: boolean;
}

function deliveryId(text: string): DeliveryId {
  if (isId<DeliveryId>(text)) return text;
  throw new Problem(
    'bad_input',
    `"${text.slice(0, 40)}" is no delivery's id: it is a whole number, as "delivery list" shows it.`,
  );
}

function stateOf(text: string | undefined): DeliveryState | undefined {
  const state = STATES.find((known) => known === text);
  if (text !== undefined && state === undefined)
    throw new Problem('bad_input', `There is no state "${text}". Known: ${STATES.join(', ')}.`);
  return state;
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 10_000) return limit;
  throw new Problem('bad_input', '--limit must be a whole number from 1 to 10000.');
}

/** Registers `delivery …`. */
export function registerDeliveryCommands(program: Command, context: Context): void {
  const delivery = program
    .command('delivery')
    .description('single deliveries: who got an edition, and what the server said');
  delivery
    .command('list')
    .description('list the deliveries of an edition')
    .requiredOption('--edition <id>', 'an edition: its id, or SLUG#NUMBER')
    .option('--state <state>', `only those that are ${STATES.join(', ')}`)
    .option('--limit <n>', 'at most so many', '100')
    .option('--after <id>', 'those after this delivery')
    .option('--json', 'print a list')
    .action(async (options: ListOptions) => {
      const filter = {
        state: stateOf(options.state),
        limit: limitOf(options.limit),
        after: options.after === undefined ? undefined : deliveryId(options.after),
      };
      const rows = await context.withApp(async (app) =>
        listDeliveries(app.db, { ...filter, editionId: await findEdition(app.db, options.edition) }),
      );
      print(
        context.io,
        options.json,
        rows,
        () =>
          rows
            .map((row) => `${row.id}  ${row.state}  ${row.email}  ${row.reason ?? ''}`.trimEnd())
            .join('\n') || 'None.',
      );
    });
  delivery
    .command('show <id>')
    .description("show each attempt with time, relay and the server's reply")
    .option('--json', 'print {…,attempts:[…]}')
    .action(async (id: string, options: { json?: boolean }) => {
      const shown = await context.withApp((app) => showDelivery(app.db, deliveryId(id)));
      const attempts = shown.attempts.map(
        ({ n, at, relay, outcome, code, reply, tookMs }) =>
          `  ${n}. ${at.round('second')}  ${relay ?? '–'}  ${outcome}  ${code ?? ''} ${reply ?? ''} (${tookMs} ms)`,
      );
      print(context.io, options.json, shown, () =>
        [`${shown.email}: ${shown.state}${shown.reason ? `, ${shown.reason}` : ''}`, ...attempts].join('\n'),
      );
    });
  delivery
    .command('decide <id> <decision>')
    .description('decide an unsure delivery: it was "sent", or "resend" it')
    .option('--json', 'print the delivery')
    .action(async (id: string, decision: string, options: { json?: boolean }) => {
      if (decision !== 'sent' && decision !== 'resend')
        throw new Problem(
          'bad_input',
          `"${decision}" is no decision: say sent or resend. Nothing was changed.`,
        );
      const shown = await context.withApp(async (app) => {
        await decideUnsure(app.db, deliveryId(id), decision);
        return showDelivery(app.db, deliveryId(id));
      });
      print(context.io, options.json, shown, () => `${shown.email}: ${shown.state}`);
    });
}
