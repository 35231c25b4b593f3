import { Readable } from 'node:stream';

/** What a send gives: the message as RFC 5322 bytes, at once or when wanted, and the ledger's leave to send it. */
export interface HandOver {
  readonly message: Buffer | (() => Promise<Buffer>);
  /** Awaited after 354 and before the first byte of the body; `true` is the leave. */
  readonly handOver: () => Promise<boolean>;
}

/**
 * How far a message came:
 * - `unread`: the server has not asked for the body;
 * - `asking`: 354 is there, the ledger is being asked;
 * - `withheld`: the ledger refused (or could not be asked); `failed`: the message could not be made;
 * - `unsent`: the connection was gone before the leave came, or before it was asked for;
 * - `started`: bytes may be on their way; `complete`: all of them were given to the client, the final dot follows.
 */
export type Progress = 'unread' | 'asking' | 'withheld' | 'failed' | 'unsent' | 'started' | 'complete';

/** What the connection sees to while a message is read. */
interface Watch {
  /** Whether the server's last words were 354: nodemailer also goes on after a 2xx, which answers something else. */
  isAskedFor(): boolean;
  onProgress(progress: Progress): void;
}

/**
 * A message whose first read is the hand-over. nodemailer reads the stream of a message only after the reply to DATA,
 * so no byte exists before the ledger has answered. It never ends without a leave: the end of the stream is what makes
 * nodemailer send the final dot.
 */
export class HandedMessage extends Readable {
  progress: Progress = 'unread';
  /** Why the message could not be made. */
  failure: unknown;
  readonly #source: HandOver;
  readonly #watch: Watch;
  #asked: Promise<void> | undefined;

  constructor(source: HandOver, watch: Watch) {
    super();
    this.#source = source;
    this.#watch = watch;
    this.on('end', () => this.#become('complete'));
  }

  override _read(): void {
    if (this.#asked) return;
    if (this.#watch.isAskedFor()) this.#asked = this.#ask();
    else this.destroy(new Error('the server answered DATA with something else than 354'));
  }

  /** When the ledger has answered, or at once if it was not asked: only then is it known what may have been sent. */
  async settled(): Promise<void> {
    await this.#asked;
  }

  async #ask(): Promise<void> {
    this.#become('asking');
    const bytes = await this.#make();
    if (!bytes) return this.#become('failed');
    if (this.destroyed) return this.#become('unsent');
    if (!(await this.#mayGo())) return this.#become('withheld');
    // The connection may have broken while the ledger was asked.
    if (this.destroyed) return this.#become('unsent');
    this.#become('started');
    this.push(bytes);
    this.push(null);
  }

  /** Made before the leave is asked for: a message that cannot be made must not count as handed over. */
  async #make(): Promise<Buffer | null> {
    try {
      const { message } = this.#source;
      return typeof message === 'function' ? await message() : message;
    } catch (error) {
      this.failure = error;
      return null;
    }
  }

  async #mayGo(): Promise<boolean> {
    try {
      return await this.#source.handOver();
    } catch {
      return false;
    }
  }

  #become(progress: Progress): void {
    this.progress = progress;
    this.#watch.onProgress(progress);
  }
}

/** The same request, with a memory of whether the ledger was asked: from then on no other connection may try it. */
export function watchHandOver<R extends HandOver>(request: R): { readonly request: R; asked(): boolean } {
  let asked = false;
  const handOver = () => {
    asked = true;
    return request.handOver();
  };
  return { request: { ...request, handOver }, asked: () => asked };
}
