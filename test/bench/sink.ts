/**
 * An SMTP server that accepts every mail at once and keeps nothing, for machines without Postfix's `smtp-sink`. Started
 * as a process of its own; says `listening on PORT` on stdout, and on SIGTERM how many mails it took.
 */
import { createServer, type Socket } from 'node:net';

const END = Buffer.from('\r\n.\r\n');
const NEW_LINE = 0x0a;
const EHLO =
  '250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 104857600\r\n';

let accepted = 0;

function replyTo(command: string): string {
  switch (command) {
    case 'EHLO':
      return EHLO;
    case 'HELO':
      return '250 sink.example\r\n';
    case 'DATA':
      return '354 go on\r\n';
    case 'MAIL':
    case 'RCPT':
    case 'RSET':
    case 'NOOP':
      return '250 2.0.0 ok\r\n';
    case 'QUIT':
      return '221 2.0.0 bye\r\n';
    default:
      return '502 5.5.1 not known here\r\n';
  }
}

/** One client. Of a body only the last bytes are kept, to find its end where that is cut in two. */
function serve(socket: Socket): void {
  let inBody = false;
  let rest = Buffer.alloc(0);
  socket.setNoDelay(true).on('error', () => socket.destroy());
  socket.write('220 sink.example ESMTP\r\n');
  socket.on('data', (chunk: Buffer) => {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let replies = '';
    for (;;) {
      const at = inBody ? bytes.indexOf(END) : bytes.indexOf(NEW_LINE);
      if (at < 0) break;
      if (inBody) {
        accepted += 1;
        inBody = false;
        replies += `250 2.0.0 ok queued as ${accepted.toString(36)}\r\n`;
        bytes = bytes.subarray(at + END.length);
        continue;
      }
      const command = bytes.toString('latin1', 0, Math.min(4, at)).toUpperCase();
      // The line end before the body belongs to what is searched: a body may be empty.
      inBody = command === 'DATA';
      bytes = bytes.subarray(inBody ? at - 1 : at + 1);
      replies += replyTo(command);
      if (command === 'QUIT') {
        socket.end(replies);
        return;
      }
    }
    rest = Buffer.from(inBody ? bytes.subarray(-(END.length - 1)) : bytes);
    if (replies !== '') socket.write(replies);
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', 1024, () => {
  const address = server.address();
  process.stdout.write(`listening on ${typeof address === 'object' ? address?.port : ''}\n`);
});
process.once('SIGTERM', () => {
  process.stdout.write(`accepted ${accepted}\n`, () => process.exit(0));
});
