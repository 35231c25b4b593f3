import { Command } from 'commander';
import { onTestFinished } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import type { Context } from '../../src/cli/context.ts';
import { registerNewsletterCommands } from '../../src/cli/newsletter.ts';
import { registerSubscriberCommands } from '../../src/cli/subscriber.ts';
import { readConfig } from '../../src/ground/config.ts';
import { exitCodeOf, messageOf, Problem } from '../../src/ground/errors.ts';
import { silentLog } from '../../src/ground/log.ts';
import { addNewsletter, type NewNewsletter } from '../../src/newsletters/newsletters.ts';
import type { Checks } from '../../src/newsletters/settings.ts';
import { parseCron, parseTimeZone } from '../../src/schedule/cron.ts';
import type { Database } from '../../src/store/database.ts';
import { type Backend, makePlace } from '../support/backends.ts';

/** The real validators, and one template that exists. */
export const checks: Checks = {
  checkSchedule: (expression) => void parseCron(expression),
  checkTimeZone: (zone) => void parseTimeZone(zone),
  checkTemplate: (name) => {
    if (name !== 'digest') throw new Problem('not_found', `There is no template "${name}".`);
  },
};

export const WEEKLY: NewNewsletter = { slug: 'weekly', name: 'Weekly Dose', from: 'news@example.com' };

export function makeNewsletter(db: Database, slug = 'weekly') {
  return addNewsletter({ db, ...checks }, { ...WEEKLY, slug });
}

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: 0 | 1 | 2;
}

/** Runs commands in a folder against a database of the test's own, as the program does. */
export async function commands(backend: Backend, cwd: string) {
  const place = await makePlace(backend);
  const app: App = await openApp(readConfig(place.env), silentLog());
  onTestFinished(async () => {
    await app.closers.close();
    await place.remove();
  });
  const run = async (...words: string[]): Promise<Ran> => {
    const said = { out: '', err: '' };
    let code: 0 | 1 | 2 = 0;
    const io = {
      out: (text: string) => {
        said.out += text;
      },
      err: (text: string) => {
        said.err += text;
      },
      cwd,
      terminal: false,
    };
    const context: Context = {
      io,
      withApp: (work) => work(app),
      exit: (given) => {
        code = given;
      },
    };
    const program = new Command().exitOverride().configureOutput({ writeOut: io.out, writeErr: io.err });
    registerNewsletterCommands(program, context);
    registerSubscriberCommands(program, context);
    try {
      await program.parseAsync(words, { from: 'user' });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { ...said, err: `${said.err}${messageOf(error)}`, code: exitCodeOf(error) };
    }
    return { ...said, code };
  };
  return { app, run };
}
