import { EventEmitter, once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

/**
 * Where a hook may step in. `content` comes with the first bytes of a body, `body` when its final dot is in;
 * `auth` in place of the check of the password.
 */
type SmtpStage =
  | 'connect'
  | 'ehlo'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'content'
  | 'body'
  | 'rset'
  | 'quit';

/** What is known when a hook is asked. */
interface SmtpContext {
  /** 1 for the first connection. */
  readonly connection: number;
  /** The command line, or an empty string. */
  readonly line: string;
  readonly from: string;
  /** The recipient of this command, or the last one. */
  readonly to: string;
  /** The message, dots unstuffed, once it is in. */
  readonly data: Buffer;
  /** Drops the connection. */
  drop(): void;
}

/**
 * What a hook answers: reply lines (`451 4.3.0 later`, several parted by `\n`), `'close'` to drop the connection,
 * `'accept-then-close'` (body only) to take the message and drop the connection without a word, `'silent'` to say
 * nothing and read no more commands; undefined for what a friendly server would say.
 */
type SmtpAnswer = string | undefined;
type SmtpHook = (context: SmtpContext) => SmtpAnswer | Promise<SmtpAnswer>;

/** A message the server said 250 to, for one recipient. */
interface ReceivedMail {
  readonly from: string;
  readonly to: string;
  readonly data: string;
}

export interface SmtpServerOptions {
  readonly script?: Partial<Record<SmtpStage, SmtpHook>>;
  /** EHLO keywords; PIPELINING and 8BITMIME unless told. */
  readonly extensions?: readonly string[];
  /** Offers AUTH PLAIN and takes these. */
  readonly auth?: { readonly user: string; readonly password: string };
  /** PEM; offers STARTTLS, or speaks TLS from the first byte. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly mode: 'starttls' | 'implicit' };
}

export interface SmtpServer {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** Every command and reply of all connections, in order: `C: MAIL FROM:<a@b>`, `S: 250 …`, `C: <body of 12 bytes>`. */
  readonly conversation: string[];
  /** How many connections are open, were open at once at most, and were ever made. */
  readonly connections: number;
  readonly peak: number;
  readonly total: number;
  /** Bytes of bodies that came in, whether complete or not. */
  readonly bodyBytes: number;
  /** Steps in at a stage, in place of an earlier hook there; null takes it away. */
  on(stage: SmtpStage, hook: SmtpHook | null): void;
  /** Resolves when at least so many messages were accepted. */
  waitFor(count: number): Promise<void>;
  /** Resolves when the number of open connections fits. */
  waitForConnections(fits: (open: number) => boolean): Promise<void>;
  /** Writes a line on one connection, or on all, unasked. */
  say(line: string, connection?: number): void;
  /** Drops all connections. */
  drop(): void;
  close(): Promise<void>;
}

/** A real SMTP server over loopback that refuses, hangs and dies on cue. */
export async function startSmtpServer(options: SmtpServerOptions = {}): Promise<SmtpServer> {
  const state = new ServerState(options);
  const server = createServer((socket) => void new Conversation(socket, state).start());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return asSmtpServer(server, state);
}

class ServerState {
  readonly options: SmtpServerOptions;
  readonly hooks: Map<SmtpStage, SmtpHook>;
  readonly received: ReceivedMail[] = [];
  readonly conversation: string[] = [];
  readonly open = new Set<Conversation>();
  readonly changes = new EventEmitter().setMaxListeners(0);
  peak = 0;
  total = 0;
  bodyBytes = 0;

  constructor(options: SmtpServerOptions) {
    this.options = options;
    const script = options.script ?? {};
    this.hooks = new Map(STAGES.flatMap((stage) => (script[stage] ? [[stage, script[stage]]] : [])));
  }

  joined(conversation: Conversation): number {
    this.open.add(conversation);
    this.peak = Math.max(this.peak, this.open.size);
    this.total += 1;
    this.changes.emit('change');
    return this.total;
  }

  left(conversation: Conversation): void {
    this.open.delete(conversation);
    this.changes.emit('change');
  }

  accept(mails: readonly ReceivedMail[]): void {
    this.received.push(...mails);
    this.changes.emit('change');
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.changes, 'change');
  }
}

const STAGES = [
  'connect',
  'ehlo',
  'auth',
  'mail',
  'rcpt',
  'data',
  'content',
  'body',
  'rset',
  'quit',
] as const;
const EMPTY: Buffer = Buffer.alloc(0);

function asSmtpServer(server: Server, state: ServerState): SmtpServer {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    port: address.port,
    received: state.received,
    conversation: state.conversation,
    get connections() {
      return state.open.size;
    },
    get peak() {
      return state.peak;
    },
    get total() {
      return state.total;
    },
    get bodyBytes() {
      return state.bodyBytes;
    },
    on: (stage, hook) => void (hook ? state.hooks.set(stage, hook) : state.hooks.delete(stage)),
    waitFor: (count) => state.until(() => state.received.length >= count),
    waitForConnections: (fits) => state.until(() => fits(state.open.size)),
    say(line, connection) {
      for (const conversation of state.open)
        if (connection === undefined || conversation.number === connection) conversation.reply(line);
    },
    drop() {
      for (const conversation of state.open) conversation.drop();
    },
    async close() {
      for (const conversation of state.open) conversation.drop();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** One connection: commands are answered one after the other, however many came at once. */
class Conversation {
  readonly #state: ServerState;
  readonly number: number;
  #socket: Socket;
  #input: Buffer = EMPTY;
  #busy = false;
  #deaf = false;
  #inTransaction = false;
  #inBody = false;
  #contentAsked = false;
  #from = '';
  #to: string[] = [];
  #data: Buffer = EMPTY;
  /** The last reply of this server. */
  #last = '';

  constructor(socket: Socket, state: ServerState) {
    this.#state = state;
    this.#socket = socket;
    this.number = state.joined(this);
  }

  async start(): Promise<void> {
    this.#socket.setNoDelay(true);
    this.#socket.on('close', () => this.#state.left(this));
    const tls = this.#state.options.tls;
    if (tls?.mode === 'implicit') this.#secure(tls);
    else this.#listen();
    this.#busy = true;
    await this.#answer('connect', '', () => '220 relay.test ESMTP');
    this.#busy = false;
    await this.#pump();
  }

  reply(text: string): void {
    const lines = text.split('\n');
    this.#state.conversation.push(...lines.map((line) => `S: ${line}`));
    if (this.#socket.writable) this.#socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  drop(): void {
    this.#deaf = true;
    this.#socket.destroy();
  }

  #listen(): void {
    this.#socket.on('error', () => this.drop());
    this.#socket.on('data', (chunk: Buffer) => {
      if (this.#inBody) this.#state.bodyBytes += chunk.length;
      this.#input = Buffer.concat([this.#input, chunk]);
      void this.#pump();
    });
  }

  #secure(tls: { key: string; cert: string }): void {
    this.#socket.removeAllListeners('data');
    this.#socket.on('error', () => this.drop());
    const plain = this.#socket;
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(tls) });
    this.#listen();
  }

  async #pump(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    while (!this.#deaf && (await this.#step()));
    this.#busy = false;
  }

  async #step(): Promise<boolean> {
    if (this.#inBody) return this.#body();
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.subarray(0, end).toString('utf8');
    this.#input = this.#input.subarray(end + 2);
    this.#state.conversation.push(`C: ${line}`);
    await this.#command(line);
    return true;
  }

  async #command(line: string): Promise<void> {
    switch (/^[a-z]*/i.exec(line)?.[0].toUpperCase()) {
      case 'EHLO':
      case 'HELO':
        return this.#answer('ehlo', line, () => this.#greeting());
      case 'STARTTLS':
        return this.#startTls();
      case 'AUTH':
        return this.#answer('auth', line, () => this.#login(line));
      case 'MAIL':
        return this.#sender(line);
      case 'RCPT':
        return this.#recipient(line);
      case 'DATA':
        return this.#startBody(line);
      case 'RSET':
        this.#inTransaction = false;
        this.#to = [];
        return this.#answer('rset', line, () => '250 2.0.0 Ok');
      case 'QUIT':
        await this.#answer('quit', line, () => '221 2.0.0 Bye');
        this.#state.left(this);
        this.#socket.end();
        return;
      default:
        this.reply('502 5.5.1 Command not known');
    }
  }

  #greeting(): string {
    const { extensions = ['PIPELINING', '8BITMIME'], auth, tls } = this.#state.options;
    const lines = ['relay.test', ...extensions];
    if (auth) lines.push('AUTH PLAIN');
    if (tls?.mode === 'starttls' && !(this.#socket instanceof TLSSocket)) lines.push('STARTTLS');
    return lines.map((line, index) => `250${index === lines.length - 1 ? ' ' : '-'}${line}`).join('\n');
  }

  #startTls(): void {
    const tls = this.#state.options.tls;
    const offered = tls?.mode === 'starttls';
    this.reply(offered ? '220 2.0.0 Go ahead' : '502 5.5.1 Command not known');
    if (offered) this.#secure(tls);
  }

  #login(line: string): string {
    const { auth } = this.#state.options;
    if (!auth) return '503 5.5.1 AUTH not offered';
    const [, user, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
      .toString('utf8')
      .split('\0');
    return user === auth.user && password === auth.password ? '235 2.7.0 Ok' : '535 5.7.8 Bad credentials';
  }

  /** A second MAIL without RSET is out of order (RFC 5321 4.1.4). */
  async #sender(line: string): Promise<void> {
    if (this.#inTransaction) return this.#perform('503 5.5.1 Nested MAIL command');
    this.#from = addressOf(line);
    this.#to = [];
    await this.#answer('mail', line, () => '250 2.1.0 Ok');
    this.#inTransaction = this.#lastCode() === '2';
  }

  async #recipient(line: string): Promise<void> {
    const to = addressOf(line);
    if (!this.#inTransaction) return this.#perform('503 5.5.1 MAIL comes first');
    await this.#answer('rcpt', line, () => '250 2.1.5 Ok', to);
    if (this.#lastCode() === '2') this.#to.push(to);
  }

  async #startBody(line: string): Promise<void> {
    if (this.#to.length === 0) return this.#perform('554 5.5.1 No valid recipients');
    await this.#answer('data', line, () => '354 End data with <CR><LF>.<CR><LF>');
    this.#inBody = this.#lastCode() === '3' && !this.#deaf;
    this.#contentAsked = false;
    // What came along with DATA is the body's beginning.
    if (this.#inBody) this.#state.bodyBytes += this.#input.length;
  }

  async #body(): Promise<boolean> {
    if (this.#input.length > 0 && !this.#contentAsked) {
      this.#contentAsked = true;
      await this.#answer('content', '', () => '');
    }
    const whole = this.#input.subarray(0, 3).equals(Buffer.from('.\r\n'));
    const end = whole ? 0 : this.#input.indexOf('\r\n.\r\n');
    if (end < 0 || this.#deaf) return false;
    this.#data = unstuff(this.#input.subarray(0, whole ? 0 : end + 2));
    this.#input = this.#input.subarray(end + (whole ? 3 : 5));
    this.#inBody = false;
    this.#inTransaction = false;
    this.#state.conversation.push(`C: <body of ${this.#data.length} bytes>`);
    await this.#endBody();
    return true;
  }

  async #endBody(): Promise<void> {
    const id = this.#state.received.length + 1;
    const mails = this.#to.map((to) => ({ from: this.#from, to, data: this.#data.toString('utf8') }));
    const answer = await this.#ask('body', '');
    if (answer === undefined || answer.startsWith('2') || answer === 'accept-then-close')
      this.#state.accept(mails);
    this.#perform(answer === 'accept-then-close' ? 'close' : (answer ?? `250 2.0.0 Ok: queued as T${id}`));
  }

  async #answer(stage: SmtpStage, line: string, usual: () => string, to?: string): Promise<void> {
    const answer = await this.#ask(stage, line, to);
    this.#perform(answer ?? usual());
  }

  async #ask(stage: SmtpStage, line: string, to = this.#to.at(-1) ?? ''): Promise<SmtpAnswer> {
    const hook = this.#state.hooks.get(stage);
    return hook?.({
      connection: this.number,
      line,
      from: this.#from,
      to,
      data: this.#data,
      drop: () => this.drop(),
    });
  }

  #perform(answer: string): void {
    this.#last = '';
    if (answer === 'close') this.drop();
    else if (answer === 'silent') this.#deaf = true;
    else if (answer !== '') {
      this.#last = answer;
      this.reply(answer);
    }
  }

  #lastCode(): string {
    return this.#last.charAt(0);
  }
}

function addressOf(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? '';
}

/** RFC 5321 4.5.2: a dot that stands first in a line was put there by the client. */
function unstuff(body: Buffer): Buffer {
  return Buffer.from(body.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1');
}
