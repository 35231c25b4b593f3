/** How a relay is reached, from `SMTP_URL` or the built-in mailbox. */
export interface RelaySettings {
  /** `host:port`, shown in logs, attempts and screens; never holds a secret. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly password: string | null;
  /** `implicit` TLS from the first byte (465); `required` STARTTLS or nothing; `starttls` when offered; `off`. */
  readonly tls: 'implicit' | 'required' | 'starttls' | 'off';
  /** Connections at once. */
  readonly connections: number;
  /** Messages per second over all connections of this process, or null for no limit. */
  readonly rate: number | null;
}

/** SMTP envelope: bare addresses. `from` may be empty (the null return path). */
export interface Envelope {
  readonly from: string;
  readonly to: string;
}

/** Why a relay could not be used, before anything was handed over. */
export type RelayTrouble =
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'credentials'
  | 'greeting'
  | 'closed'
  | 'protocol';

/** What the server said, kept as evidence. */
export interface Reply {
  readonly code: number;
  /** RFC 3463, `4.7.1`, or null. */
  readonly enhanced: string | null;
  /** The words as sent, one line, at most 1,000 characters, control characters removed. */
  readonly text: string;
}

/** The end of one try at one relay. */
export type SendResult =
  | { readonly kind: 'accepted'; readonly reply: Reply; readonly queueId: string | null }
  | { readonly kind: 'refused'; readonly reply: Reply; readonly stage: 'mail' | 'rcpt' | 'data' | 'body' }
  /** Nothing was mailed: the relay could not be reached or failed before the hand-over. */
  | { readonly kind: 'trouble'; readonly word: RelayTrouble; readonly detail: string }
  /** The hand-over was refused by the ledger: the connection was destroyed, nothing was mailed. */
  | { readonly kind: 'withheld' }
  /** Handed over, and the answer to the final dot never came: nobody knows. */
  | { readonly kind: 'lost'; readonly detail: string };

/** What a reply means for the delivery. */
export type Verdict =
  | 'accepted'
  | 'later'
  | 'later_slow_down'
  | 'never_this_address'
  | 'mailbox_full'
  | 'policy'
  | 'never_this_message'
  | 'relay_trouble'
  | 'credentials';
