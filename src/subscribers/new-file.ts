import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, Problem } from '../ground/errors.ts';

const FLUSH_AT = 64 * 1024;

/**
 * A file that appears whole or not at all: written under a name of its own beside the final one, and renamed at the
 * end. Only its owner may read it, since it holds addresses. Nothing is made before the first write.
 * Its methods throw a Problem (`unavailable`) when the place cannot be written.
 */
export class NewFile {
  readonly path: string;
  readonly #draft: string;
  #handle: FileHandle | undefined;
  #waiting = '';

  constructor(path: string) {
    this.path = path;
    this.#draft = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID().slice(0, 8)}.part`);
  }

  async write(text: string): Promise<void> {
    this.#handle ??= await open(this.#draft, 'wx', 0o600).catch((error) => this.#refuse(error));
    this.#waiting += text;
    if (this.#waiting.length >= FLUSH_AT) await this.#flush();
  }

  /** Puts the file in its place. @returns its path, or null when nothing was ever written. */
  async finish(): Promise<string | null> {
    if (this.#handle === undefined) return null;
    await this.#flush();
    await rename(this.#draft, this.path).catch((error) => this.#refuse(error));
    await this.#close();
    return this.path;
  }

  /** Takes the unfinished file away; does nothing after `finish`. */
  async discard(): Promise<void> {
    if (this.#handle === undefined) return;
    await this.#close();
    await rm(this.#draft, { force: true });
  }

  async #flush(): Promise<void> {
    await this.#handle?.appendFile(this.#waiting).catch((error) => this.#refuse(error));
    this.#waiting = '';
  }

  #refuse(error: unknown): never {
    const why = `${this.path} cannot be written (${messageOf(error)}).`;
    throw new Problem(
      'unavailable',
      `${why} Make room or choose a place that may be written, and try again.`,
      {
        cause: error,
      },
    );
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}
