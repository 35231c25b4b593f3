import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { conclude, type Outcome } from './conclude.ts';
import { checkEnvelope } from './envelope.ts';
import { HandedMessage, type HandOver, type Progress } from './handed-message.ts';
import { ClosedError, type Step, TimeoutError, type Trouble, trouble, troubleOf } from './trouble.ts';
import type { Envelope, RelaySettings, SendResult } from './types.ts';

/** One message for one recipient, with the ledger's leave to send it. */
export interface SendRequest extends HandOver {
  readonly envelope: Envelope;
  /**
   * Settles when the ledger has recorded what came of this message. Until then the next message on the same connection is
   * not handed over: so a connection never has two undecided mails. Rejects when it could not be recorded.
   */
  readonly recorded?: Promise<void>;
}

/** How long to wait, in milliseconds. */
export interface Timeouts {
  /** From the name look-up to the greeting and the end of TLS. */
  readonly connectionMs: number;
  /** For the answer to a command, MAIL to 354 counting as one (RFC 5321 4.5.3.2: 5 minutes). */
  readonly commandMs: number;
  /** From the first byte of the body to the answer to the final dot (RFC 5321 4.5.3.2.6: 10 minutes). */
  readonly finalDotMs: number;
  /** For the answer to QUIT. */
  readonly quitMs: number;
}

const TIMEOUTS: Timeouts = {
  connectionMs: 30_000,
  commandMs: 300_000,
  finalDotMs: 600_000,
  quitMs: 5_000,
};

/** How a step of the SMTP client ends: with a value, or with what went wrong. */
interface Ends<T> {
  readonly done: (value: T) => void;
  readonly failed: (error: unknown) => void;
}

function clientOptions(relay: RelaySettings, ehloName: string, timeouts: Timeouts): SMTPConnection.Options {
  return {
    host: relay.host,
    port: relay.port,
    name: ehloName,
    secure: relay.tls === 'implicit',
    requireTLS: relay.tls === 'required',
    ignoreTLS: relay.tls === 'off',
    // STARTTLS without a secret and without being required keeps listeners out, not impostors, who could strip the
    // offer anyway (RFC 7435): a local relay's self-made certificate is better than none.
    tls: { rejectUnauthorized: relay.tls !== 'starttls' || relay.password !== null },
    connectionTimeout: timeouts.connectionMs,
    greetingTimeout: timeouts.connectionMs,
    // Our own timers know what is waited for; this one only catches what they might miss.
    socketTimeout: 2 * (timeouts.commandMs + timeouts.finalDotMs),
    // Closing means destroying: nothing that waits in a buffer may still leave.
    socketCloseTimeout: 0,
  };
}

/**
 * Connects to a relay, with TLS and AUTH as its settings say.
 * @param options `ehloName`: what we call ourselves, a host name.
 * @returns the connection, or why there is none.
 */
export async function openConnection(
  relay: RelaySettings,
  options: { ehloName: string; timeouts?: Partial<Timeouts> | undefined },
): Promise<Connection | Trouble> {
  const connection = new Connection(relay, options.ehloName, { ...TIMEOUTS, ...options.timeouts });
  return (await connection.open()) ?? connection;
}

/** One SMTP connection: messages go over it one after the other. */
export class Connection {
  /** Messages begun on this connection. */
  messages = 0;
  readonly #relay: RelaySettings;
  readonly #timeouts: Timeouts;
  readonly #smtp: SMTPConnection;
  #usable = true;
  #needsReset = false;
  #timer: NodeJS.Timeout | undefined;
  #onDown: ((error: unknown) => void) | undefined;

  /** Opens nothing yet: see {@link openConnection}. */
  constructor(relay: RelaySettings, ehloName: string, timeouts: Timeouts) {
    this.#relay = relay;
    this.#timeouts = timeouts;
    this.#smtp = new SMTPConnection(clientOptions(relay, ehloName, timeouts));
    this.#smtp.on('error', (error: unknown) => this.#goDown(error));
    // After a 421 nodemailer says `end` first and hands the reply to the waiting step second.
    this.#smtp.on('end', () => queueMicrotask(() => this.#goDown(new ClosedError())));
  }

  /** Whether another message may be sent over it. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Connects; resolves with the trouble when that fails. */
  async open(): Promise<Trouble | undefined> {
    const { connectionMs, commandMs } = this.#timeouts;
    const connected = await this.#step<void>(connectionMs + commandMs, ({ done, failed }) =>
      this.#smtp.connect((error) => (error ? failed(error) : done())),
    );
    if (!connected.ok) return this.#broken(connected.error, 'connect');
    const { user, password } = this.#relay;
    if (user === null || password === null) return undefined;
    const loggedIn = await this.#step<void>(commandMs, ({ done, failed }) =>
      this.#smtp.login({ user, pass: password }, (error) => (error ? failed(error) : done())),
    );
    return loggedIn.ok ? undefined : this.#broken(loggedIn.error, 'login');
  }

  /**
   * Sends one message. `handOver` is awaited after 354 and before the first byte of the body; a refusal destroys the
   * connection, and nothing was mailed. Does not resolve before `handOver` has.
   * @throws Problem (`bad_input`) for an address that cannot be mailed, before anything is sent; and what `message`
   * throws, the connection being destroyed and nothing mailed.
   */
  async send(request: SendRequest): Promise<SendResult> {
    const envelope = checkEnvelope(request.envelope);
    if (!this.#usable) return trouble('closed', 'the connection is closed');
    this.messages += 1;
    const reset = await this.#reset();
    if (!reset.ok) return this.#broken(reset.error, 'send');
    const message = new HandedMessage(request, {
      isAskedFor: () => /^354/.test(this.#smtp.lastServerResponse || ''),
      onProgress: (progress) => this.#onProgress(progress),
    });
    const outcome = await this.#transact(envelope, message);
    const flushed = this.#flushed();
    await message.settled();
    const { result, keep } = conclude(message.progress, outcome, flushed);
    this.#needsReset = keep && result.kind !== 'accepted';
    if (!keep) this.destroy();
    if (message.progress === 'failed') throw message.failure;
    return result;
  }

  /** Ends the conversation with QUIT; waits `quitMs` at most. */
  async quit(): Promise<void> {
    if (!this.#usable) return;
    this.#usable = false;
    await this.#step<void>(this.#timeouts.quitMs, () => this.#smtp.quit());
    this.destroy();
  }

  /** Drops the connection at once: a message without its final dot is not mailed. */
  destroy(): void {
    this.#usable = false;
    clearTimeout(this.#timer);
    this.#smtp.close();
  }

  #transact(envelope: Envelope, message: HandedMessage): Promise<Outcome<string>> {
    return this.#step<string>(this.#timeouts.commandMs, ({ done, failed }) =>
      this.#smtp.send({ from: envelope.from, to: [envelope.to] }, message, (error, info) => {
        // An answer ends the message, also one that came too early: no byte of it may follow.
        message.destroy();
        if (error) failed(error);
        else done(info.response);
      }),
    );
  }

  /** Whether all that was written has left this process. */
  #flushed(): boolean {
    const socket = this.#smtp._socket;
    return socket ? socket.writableLength === 0 : true;
  }

  async #reset(): Promise<Outcome<void>> {
    if (!this.#needsReset) return { ok: true, value: undefined };
    return this.#step<void>(this.#timeouts.commandMs, ({ done, failed }) =>
      this.#smtp.reset((error) => (error ? failed(error) : done())),
    );
  }

  #onProgress(progress: Progress): void {
    if (progress === 'asking') clearTimeout(this.#timer);
    else if (progress === 'started') this.#within(this.#timeouts.finalDotMs);
    else if (progress === 'withheld' || progress === 'failed') this.#goDown(new ClosedError());
  }

  /** Runs a step of nodemailer, whose callback stays silent when the connection breaks in AUTH or RSET. */
  #step<T>(timeoutMs: number, start: (ends: Ends<T>) => void): Promise<Outcome<T>> {
    const { promise, resolve } = Promise.withResolvers<Outcome<T>>();
    const failed = (error: unknown) => resolve({ ok: false, error });
    this.#onDown = failed;
    this.#within(timeoutMs);
    start({ done: (value) => resolve({ ok: true, value }), failed });
    return promise.finally(() => {
      clearTimeout(this.#timer);
      this.#onDown = undefined;
    });
  }

  #within(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#goDown(new TimeoutError(timeoutMs)), timeoutMs);
  }

  #goDown(error: unknown): void {
    this.destroy();
    this.#onDown?.(error);
  }

  #broken(error: unknown, step: Step): Trouble {
    this.destroy();
    return troubleOf(error, step);
  }
}
