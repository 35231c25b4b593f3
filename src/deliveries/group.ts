/** Many callers' items in one statement: what is added while one statement runs goes with the next. */
export interface Group<Item, Result> {
  /** Resolves with this item's result once its statement has committed; rejects with that statement's error. */
  add(item: Item): Promise<Result>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Makes a group. An item that comes alone waits one turn of the event loop, no longer; under load statements fill up
 * to `most` by themselves, since only `lanes` run at once (Postgres CPU a message: 87 µs in tens, 17 in two hundreds).
 * @param run gets the items and gives a result for each, in the same order.
 */
export function createGroup<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  options: { most?: number; lanes?: number } = {},
): Group<Item, Result> {
  const { most = 200, lanes = 2 } = options;
  const waiting: Waiting<Item, Result>[] = [];
  let running = 0;
  let scheduled = false;

  const flush = async () => {
    running += 1;
    const batch = waiting.splice(0, most);
    try {
      const results = await run(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, index) => {
        const result = results[index];
        if (result === undefined) reject(new Error('a group statement lost an item'));
        else resolve(result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      running -= 1;
      start();
    }
  };
  const start = () => {
    if (scheduled || waiting.length === 0 || running >= lanes) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      void flush();
      start();
    });
  };
  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        start();
      }),
  };
}
