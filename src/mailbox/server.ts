import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { messageOf, Problem } from '../ground/errors.ts';
import type { Log } from '../ground/log.ts';
import type { Envelope, MailboxStore } from './store.ts';

/** The largest mail that the mailbox takes, in bytes; announced by SIZE (RFC 1870). */
export const MAX_MAIL_BYTES = 25 * 1024 * 1024;
const MAX_RECIPIENTS = 100;
const CLOSE_MS = 1_000;

export interface MailboxServer {
  /** The port it listens on. */
  readonly port: number;
  /** Stops taking connections, gives those that are open a second to finish, and ends them. */
  close(): Promise<void>;
}

/** What a client is told; the library puts `responseCode` in front. */
class Refusal extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

function envelopeOf(session: SMTPServerSession): Envelope {
  const { mailFrom, rcptTo } = session.envelope;
  return { from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map((one) => one.address) };
}

/** The mail's bytes; reads one that is too large to its end, as SMTP asks, but passes nothing more on. */
async function* withinLimit(stream: SMTPServerDataStream): AsyncGenerator<Uint8Array> {
  // The library still needs the stream when storing fails in the middle.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    if (!stream.sizeExceeded && chunk instanceof Uint8Array) yield chunk;
  }
  if (stream.sizeExceeded)
    throw new Refusal(552, `5.3.4 the message size is over the limit of ${MAX_MAIL_BYTES} bytes`);
}

function refusalOf(error: unknown, log: Log): Refusal {
  if (error instanceof Refusal) return error;
  log.error(
    { error: messageOf(error) },
    'the mailbox could not keep a mail; its sender is asked to try later',
  );
  return new Refusal(452, '4.3.1 the mail could not be stored: try again later');
}

function createSmtp(store: MailboxStore, log: Log): SMTPServer {
  return new SMTPServer({
    name: 'mailbox.localhost',
    banner: 'Broadsheet mailbox',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    maxRecipients: MAX_RECIPIENTS,
    closeTimeout: CLOSE_MS,
    logger: false,
    onData(stream, session, callback) {
      store.add(envelopeOf(session), withinLimit(stream)).then(
        (id) => callback(null, `2.0.0 OK: queued as ${id}`),
        (error: unknown) => {
          stream.resume();
          callback(refusalOf(error, log));
        },
      );
    },
  });
}

function listening(server: SMTPServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) =>
      reject(
        new Problem(
          'unavailable',
          `The built-in mailbox cannot listen on ${host}:${port}: ${error.message}. No mail was taken.`,
          { cause: error },
        ),
      );
    server.once('error', failed);
    const net = server.listen(port, host, () => {
      server.off('error', failed);
      const address = net.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/**
 * Starts the SMTP server that takes every mail for everybody and keeps it in the store. It answers 250 only when
 * the mail is in its file. It knows no passwords: let it listen on loopback addresses only.
 * @throws Problem (`unavailable`) when it cannot listen.
 */
export async function startMailboxServer(options: {
  store: MailboxStore;
  log: Log;
  host?: string;
  /** 0 for one that is free. */
  port?: number;
}): Promise<MailboxServer> {
  const { store, log, host = '127.0.0.1' } = options;
  const server = createSmtp(store, log);
  const port = await listening(server, options.port ?? 0, host);
  // Without a listener a client's broken connection would end the process.
  server.on('error', (error) => log.debug({ error: messageOf(error) }, 'a connection to the mailbox broke'));
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
