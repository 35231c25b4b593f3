import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startNode } from './support/children.ts';

const SINK = fileURLToPath(new URL('./sink.ts', import.meta.url));

/** The sink's process, and a client that writes pieces and waits until the sink has said so much. */
async function conversation() {
  const sink = startNode([SINK]);
  onTestFinished(() => sink.stop());
  const port = await sink.heard((line) => Number(/^listening on (\d+)$/.exec(line)?.[1]) || null);
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  onTestFinished(() => void socket.destroy());
  let heard = '';
  socket.on('data', (text) => {
    heard += text;
  });
  const hear = async (end: string) => {
    while (!heard.endsWith(end)) await once(socket, 'data');
    const said = heard;
    heard = '';
    return said;
  };
  return { sink, socket, hear };
}

test('takes pipelined mails, whole or cut anywhere, and counts them', async () => {
  const { sink, socket, hear } = await conversation();
  expect(await hear('ESMTP\r\n')).toMatch(/^220 /);
  socket.write('EHLO client.example\r\n');
  expect(await hear('SIZE 104857600\r\n')).toContain('250-PIPELINING\r\n');

  const envelope = 'MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n';
  socket.write(envelope);
  expect(await hear('354 go on\r\n')).toBe('250 2.0.0 ok\r\n250 2.0.0 ok\r\n354 go on\r\n');
  // "QUIT" on a line of its own is text here, and so is a dot that does not stand alone.
  socket.write(`Subject: x\r\n\r\nQUIT\r\n..\r\n.`);
  socket.write('\r');
  socket.write('\n');
  expect(await hear('\r\n')).toBe('250 2.0.0 ok queued as 1\r\n');

  socket.write(`${envelope}.\r\n${envelope}x\r\n.\r\nQUIT\r\n`);
  expect((await hear('bye\r\n')).match(/queued as \w+/g)).toEqual(['queued as 2', 'queued as 3']);
  await sink.stop();
  expect(await sink.heard((line) => (line.startsWith('accepted') ? line : null))).toBe('accepted 3');
});
