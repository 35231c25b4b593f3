/**
 * The yardstick: the loop that one would write first. A nodemailer pool, Handlebars for each mail, no ledger, no queue; with
 * nodemailer's DKIM when asked. A process of its own: what to send comes on stdin, what it took goes to stdout.
 */
import { generateKeyPairSync } from 'node:crypto';
import { json } from 'node:stream/consumers';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { exampleSubscribers } from '../../src/cli/demo/example-subscribers.ts';
import { frozenMail } from './support/edition.ts';
import { plainMails } from './support/plain-mail.ts';

const task = z.object({
  frozen: frozenMail,
  subscribers: z.int(),
  port: z.int(),
  connections: z.int(),
  dkim: z.boolean(),
});

function dkimOptions(domainName: string) {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { domainName, keySelector: 'bench', privateKey };
}

async function measure({ frozen, subscribers, port, connections, dkim }: z.output<typeof task>) {
  const people = Array.from(exampleSubscribers(subscribers));
  const mailFor = plainMails(frozen);
  const signing = dkim ? { dkim: dkimOptions('news.example.com') } : {};
  const transport = createTransport({
    pool: true,
    host: '127.0.0.1',
    port,
    maxConnections: connections,
    ignoreTLS: true,
    ...signing,
  });
  const waiting = people.entries();
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const send = async () => {
    for (const [n, person] of waiting) await transport.sendMail(mailFor(person, n + 1));
  };
  await Promise.all(Array.from({ length: connections }, send));
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  transport.close();
  return { seconds, cpuSeconds: (user + system) / 1_000_000 };
}

process.stdout.write(JSON.stringify(await measure(task.parse(await json(process.stdin)))));
