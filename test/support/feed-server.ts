import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

/** What a path answers: a fixed reply, or a handler that writes what it likes. */
type FeedReply =
  | ((request: IncomingMessage, response: ServerResponse) => void)
  | {
      readonly body?: string | Uint8Array;
      readonly headers?: Readonly<Record<string, string>>;
      readonly status?: number;
    };

interface RecordedRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface FeedServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly port: number;
  /** In the order they came. */
  readonly requests: readonly RecordedRequest[];
  /** Sets what a path answers from now on; paths without an answer give 404. */
  on(path: string, reply: FeedReply): void;
  close(): Promise<void>;
}

/** A real HTTP server on a free port of the loopback interface. */
export async function startFeedServer(): Promise<FeedServer> {
  const replies = new Map<string, FeedReply>();
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push({ method: request.method ?? '', path, headers: request.headers });
    const reply = replies.get(path) ?? { status: 404, body: 'nothing here' };
    if (typeof reply === 'function') reply(request, response);
    else response.writeHead(reply.status ?? 200, reply.headers).end(reply.body ?? '');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    requests,
    on: (path, reply) => void replies.set(path, reply),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
