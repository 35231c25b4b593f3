import type { Command } from 'commander';
import { migrate } from '../store/migrate.ts';
import { print } from './context.ts';
import type { StoreContext } from './embedded.ts';

/** Registers `migrate`, which brings the database up to this program. */
export function registerMigrateCommand(program: Command, context: StoreContext): void {
  program
    .command('migrate')
    .description('apply the pending migrations to the database')
    .option('--json', 'print {applied:[name,…]}')
    .action(async (options: { json?: boolean }) => {
      const applied = await context.withStore((store) => migrate(store.door));
      print(context.io, options.json, { applied }, () => sentence(applied));
    });
}

function sentence(applied: readonly string[]): string {
  return applied.length === 0
    ? 'The database is up to date.'
    : `Applied ${applied.length} migration(s): ${applied.join(', ')}`;
}
