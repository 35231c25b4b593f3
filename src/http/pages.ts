import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';

/** A moment as pages print it: `iso` for machines, `text` for people. */
export interface Moment {
  readonly iso: string;
  readonly text: string;
}

/** Links to the first and to the next page; null where there is nothing to turn. */
interface Turn {
  readonly first: string | null;
  readonly next: string | null;
}

/** What each page of `templates/pages` is given. */
export interface PageContexts {
  home: {
    readonly newsletters: readonly {
      readonly href: string;
      readonly name: string;
      readonly description: string;
      readonly latest: Moment | null;
    }[];
  };
  newsletter: {
    readonly name: string;
    readonly description: string;
    readonly siteUrl: string | null;
    readonly siteHost: string | null;
    readonly ended: boolean;
    /** True on any page of the archive but the first. */
    readonly later: boolean;
    readonly editions: readonly {
      readonly href: string;
      readonly number: number;
      readonly subject: string;
      readonly date: Moment | null;
    }[];
    readonly pages: Turn | null;
  };
  unsubscribe: { readonly newsletter: string; readonly email: string; readonly action: string };
  notice: { readonly paragraphs: readonly string[] };
  mailbox: {
    readonly total: string;
    readonly mailLeaves: boolean;
    /** True on any page but the first. */
    readonly older: boolean;
    readonly mails: readonly {
      readonly href: string;
      readonly from: string;
      readonly to: string;
      readonly subject: string;
      readonly date: Moment;
      readonly size: string;
    }[];
    readonly pages: Turn | null;
  };
  mail: {
    readonly from: string;
    readonly to: string;
    readonly subject: string;
    readonly date: Moment;
    readonly size: string;
    readonly attachments: readonly { readonly name: string; readonly type: string; readonly size: string }[];
    readonly tabs: readonly { readonly href: string; readonly label: string; readonly current: boolean }[];
    readonly view: {
      /** Address of the mail's HTML, for the frame. */
      readonly html: string | null;
      readonly text: string | null;
      /** What `text` is, for who hears the page. */
      readonly label: string;
      readonly headers: readonly { readonly name: string; readonly value: string }[] | null;
      readonly note: string | null;
    };
    readonly download: string;
  };
}

export type PageName = keyof PageContexts;

/** What every page has besides its own context. */
export interface Frame {
  readonly title: string;
  readonly home: { readonly href: string; readonly label: string };
  /** Kept out of search engines. */
  readonly private: boolean;
  readonly canonical: string | null;
  readonly wide: boolean;
}

export interface Pages {
  render<Name extends PageName>(name: Name, frame: Frame, context: PageContexts[Name]): string;
  /** The one style sheet of all pages, as a source of Content-Security-Policy. */
  readonly styleSource: string;
}

const FOLDER = new URL('../../templates/pages/', import.meta.url);
const NAMES: readonly PageName[] = ['home', 'newsletter', 'unsubscribe', 'notice', 'mailbox', 'mail'];

function readPage(file: string): string {
  return readFileSync(new URL(file, FOLDER), 'utf8');
}

/** Reads and compiles the pages of `templates/pages`. Everything they print is escaped. */
export function loadPages(): Pages {
  const handlebars = Handlebars.create();
  handlebars.registerPartial('layout', readPage('layout.hbs'));
  const style = readPage('style.css');
  const compiled = new Map(
    NAMES.map((name) => [name, handlebars.compile(readPage(`${name}.hbs`), { strict: true })]),
  );
  return {
    render(name, frame, context) {
      const template = compiled.get(name);
      if (template === undefined) throw new Error(`there is no page ${name}`);
      return template({ ...frame, style, ...context });
    },
    styleSource: `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  };
}
