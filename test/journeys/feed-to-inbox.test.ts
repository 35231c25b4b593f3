import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { showDelivery } from '../../src/deliveries/view.ts';
import { createServer } from '../../src/http/server.ts';
import { backends } from '../support/backends.ts';
import { makeWorld, readers, recipients, rss, SOON } from '../support/world.ts';

describe.each(backends())('from a feed to an inbox, on %s', (backend) => {
  test('everybody gets the mail once, and has one recorded outcome', async () => {
    const world = await makeWorld(backend);
    await world.addReaders(25);
    const id = await world.approved();
    await world.deliver();
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(recipients(world.smtp)).toEqual(readers(25));
    const audit = await world.audit(id);
    expect(audit).toMatchObject({ whole: true, audience: 25, doubts: 0, unsure: 0, problems: [] });
    expect(audit.counts).toMatchObject({ sent: 25, queued: 0, deferred: 0, sending: 0 });

    const mail = await simpleParser(world.smtp.received[0]?.data ?? '');
    expect(mail.html).toContain('Alpha');
    expect(mail.text).toContain('Alpha');
    expect(mail.headers.get('list')).toMatchObject({
      'unsubscribe-post': { name: 'List-Unsubscribe=One-Click' },
    });
    const ids = world.smtp.received.map(({ data }) => /^Message-ID: (.*)$/im.exec(data)?.[1]);
    expect(new Set(ids).size).toBe(25);

    const row = await world.app.db
      .selectFrom('deliveries')
      .select('id')
      .where('email', '=', 'reader-7@example.com')
      .executeTakeFirstOrThrow();
    const shown = await showDelivery(world.app.db, row.id);
    expect(shown.attempts).toMatchObject([
      { n: 1, outcome: 'accepted', code: 250, relay: `127.0.0.1:${world.smtp.port}` },
    ]);
  });

  test('the same feed twice adds nothing, and a second edition does not repeat an article', async () => {
    const world = await makeWorld(backend);
    await world.addReaders(2);
    expect((await world.collect()).sources).toMatchObject([{ status: 'fetched', added: 4 }]);
    expect((await world.collect()).sources).toMatchObject([{ added: 0, updated: 0, unchanged: 4 }]);
    await world.approved();
    await expect(world.approved()).rejects.toThrow(
      'was skipped: no article that no earlier edition carried lies in its window',
    );
  });

  test('an edition sent twice mails nobody twice', async () => {
    const world = await makeWorld(backend);
    await world.addReaders(5);
    const id = await world.approved();
    await world.deliver();
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    // Somebody sets it back by hand and the fan-out runs again: the ledger still knows everybody.
    await world.app.db
      .updateTable('editions')
      .set({ state: 'sending', fan_out_done: false, fan_out_after: '0', finished_at: null })
      .where('id', '=', id)
      .execute();
    await expect.poll(() => world.stateOf(id), SOON).toBe('sent');
    expect(recipients(world.smtp)).toEqual(readers(5));
  });

  test('a link in the mail lets its reader leave with one click, and the next edition passes them by', async () => {
    const world = await makeWorld(backend);
    await world.addReaders(3);
    const first = await world.approved();
    await world.deliver();
    await expect.poll(() => world.stateOf(first), SOON).toBe('sent');
    const mine = world.smtp.received.find((mail) => mail.to === 'reader-2@example.com');
    const unfolded = (mine?.data ?? '').replace(/\r\n[ \t]/g, ' ');
    const url = /^List-Unsubscribe: <([^>]+)>/im.exec(unfolded)?.[1] ?? '';
    const { app } = world;
    const server = createServer({
      db: app.db,
      log: app.log,
      publicUrl: app.config.PUBLIC_URL,
      links: app.links,
      mailbox: null,
      mailLeaves: true,
      ready: async () => ({ ok: true, checks: {} }),
      version: '0',
    });
    const left = await server.inject({
      method: 'POST',
      url: new URL(url).pathname,
      payload: 'List-Unsubscribe=One-Click',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    await server.close();
    expect(left.statusCode).toBe(200);
    world.feed.on('/feed.xml', { body: rss(['Epsilon']), headers: {} });
    await app.db.updateTable('sources').set({ next_at: app.clock.now() }).execute();
    const second = await world.approved();
    await expect.poll(() => world.stateOf(second), SOON).toBe('sent');
    expect(recipients(world.smtp).filter((to) => to === 'reader-2@example.com')).toHaveLength(1);
    expect((await world.audit(second)).audience).toBe(2);
  });
});
