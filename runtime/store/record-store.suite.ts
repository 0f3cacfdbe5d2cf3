import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { RecordStore, RecordWrite } from "./record-store.ts";

/** An implementation to run the suite against. */
export interface StoreUnderTest {
  /** The name of the store in test titles. */
  name: string;
  /** The reason for skipping the suite; undefined if it can run. */
  skip: string | undefined;
  /** Opens the store of one test; a second call opens a second connection to the same data. */
  open(t: TestContext): RecordStore;
  /** Returns the store's clock, in epoch milliseconds. */
  now(): number;
  /** Ages all records by the given time. */
  pass(milliseconds: number): Promise<void>;
}

const hourMs = 3_600_000;

/** Tests the contract of RecordStore. */
export function describeRecordStore({ name, skip, open, now, pass }: StoreUnderTest): void {
  const it = (title: string, work: (t: TestContext) => Promise<void>) =>
    test(`${name}: ${title}`, skip ? { skip } : {}, work);
  const write = (value: string, change: Partial<RecordWrite> = {}): RecordWrite => ({
    value,
    expiresAtMs: now() + hourMs,
    tags: ["all"],
    sortMs: 1000,
    ...change,
  });
  const newest = { limit: 50, order: "newest" } as const;
  const oldest = { limit: 50, order: "oldest" } as const;

  it("writes a record only over the expected text", async (t) => {
    const store = open(t);
    assert.equal(await store.get("k"), undefined);
    assert.equal(await store.replace("k", "one", write("two")), false);
    assert.equal(await store.replace("k", undefined, write("one")), true);
    assert.equal(await store.replace("k", undefined, write("two")), false);
    assert.equal(await store.replace("k", "other", write("two")), false);
    assert.equal(await store.get("k"), "one");
    assert.equal(await store.replace("k", "one", write("two")), true);
    assert.equal(await open(t).get("k"), "two");
    assert.equal(await store.get("K"), undefined);
  });

  it("removes a record only with the expected text, and from its lists", async (t) => {
    const store = open(t);
    await store.replace("k", undefined, write("one"));
    assert.equal(await store.remove("k", "other"), false);
    assert.equal(await store.remove("none", "one"), false);
    assert.equal(await store.get("k"), "one");
    assert.equal(await store.remove("k", "one"), true);
    assert.equal(await store.remove("k", "one"), false);
    assert.equal(await store.get("k"), undefined);
    assert.deepEqual(await store.list("all", newest), []);
    assert.equal(await store.count("all"), 0);
    assert.equal(await store.replace("k", undefined, write("two")), true);
  });

  it("an empty text is a record", async (t) => {
    const store = open(t);
    await store.replace("k", undefined, write(""));
    assert.equal(await store.get("k"), "");
    assert.equal(await store.replace("k", undefined, write("two")), false);
    assert.deepEqual(await store.list("all", newest), [""]);
    assert.equal(await store.replace("k", "", write("two")), true);
  });

  it("lists the records of a tag by position, then by key, up to the limit", async (t) => {
    const store = open(t);
    for (const [key, sortMs] of [
      ["b", 1_790_000_000_002],
      ["d", 1_790_000_000_001],
      ["a", 1_790_000_000_002],
      ["c", 1_790_000_000_003],
    ] as const) {
      await store.replace(key, undefined, write(`text of ${key}`, { sortMs, tags: ["all", key] }));
    }
    const texts = (...keys: string[]) => keys.map((key) => `text of ${key}`);
    assert.deepEqual(await store.list("all", newest), texts("c", "b", "a", "d"));
    assert.deepEqual(await store.list("all", oldest), texts("d", "a", "b", "c"));
    assert.deepEqual(await store.list("all", { ...newest, limit: 2 }), texts("c", "b"));
    assert.deepEqual(await store.list("all", { ...oldest, limit: 1 }), texts("d"));
    assert.deepEqual(await store.list("a", newest), texts("a"));
    assert.deepEqual(await store.list("none", newest), []);
    assert.equal(await store.count("all"), 4);
    assert.equal(await store.count("none"), 0);
  });

  it("a rewrite replaces tags and position; one that fails changes neither", async (t) => {
    const store = open(t);
    await store.replace("a", undefined, write("a1", { tags: ["all", "open"], sortMs: 1 }));
    await store.replace("b", undefined, write("b1", { tags: ["all", "open"], sortMs: 2 }));
    await store.replace("a", "other", write("a2", { tags: ["done"], sortMs: 3 }));
    assert.deepEqual(await store.list("open", newest), ["b1", "a1"]);
    assert.equal(await store.count("done"), 0);
    await store.replace("a", "a1", write("a2", { tags: ["all", "done"], sortMs: 3 }));
    assert.deepEqual(await store.list("open", newest), ["b1"]);
    assert.deepEqual(await store.list("done", newest), ["a2"]);
    assert.deepEqual(await store.list("all", newest), ["a2", "b1"]);
    await store.replace("a", "a2", write("a3", { tags: [] }));
    assert.deepEqual(await store.list("all", newest), ["b1"]);
    assert.equal(await store.get("a"), "a3");
  });

  it("accepts any character in keys, texts and tags", async (t) => {
    const store = open(t);
    const text = `a"b'c\\d:e\n\u0000é✓😀/%s{}[]`;
    await store.replace(text, undefined, write(text, { tags: [text] }));
    assert.equal(await store.get(text), text);
    assert.deepEqual(await store.list(text, newest), [text]);
    assert.equal(await store.replace(text, text, write("next", { tags: [] })), true);
    assert.equal(await store.count(text), 0);
  });

  it("an expired record is absent, also from its lists; a rewrite extends a record", async (t) => {
    const store = open(t);
    await store.replace("short", undefined, write("s", { expiresAtMs: now() + 4000 }));
    await store.replace("kept", undefined, write("k1", { expiresAtMs: now() + 4000 }));
    await store.replace("kept", "k1", write("k2"));
    await pass(5000);
    assert.equal(await store.get("short"), undefined);
    assert.deepEqual(await store.list("all", { ...newest, limit: 1 }), ["k2"]);
    assert.equal(await store.count("all"), 1);
    assert.equal(await store.remove("short", "s"), false);
    assert.equal(await store.replace("short", "s", write("next")), false);
    assert.equal(await store.replace("short", undefined, write("new", { sortMs: 1 })), true);
    assert.deepEqual(await store.list("all", newest), ["k2", "new"]);
  });

  it("grants one of several writes over the same text", async (t) => {
    const stores = [open(t), open(t), open(t)];
    let expected: string | undefined;
    for (let round = 0; round < 5; round += 1) {
      const texts = Array.from({ length: 12 }, (_, writer) => `${round}.${writer}`);
      const written = await Promise.all(
        texts.map((text, writer) => stores[writer % 3]?.replace("k", expected, write(text))),
      );
      assert.equal(written.filter(Boolean).length, 1);
      expected = texts[written.indexOf(true)];
      assert.equal(await open(t).get("k"), expected);
    }
    assert.equal(await open(t).count("all"), 1);
  });

  it("keeps all increments of connections that compare and set", async (t) => {
    const increment = async (store: RecordStore): Promise<void> => {
      const text = await store.get("k");
      const next = write(String(Number(text ?? 0) + 1));
      if (!(await store.replace("k", text, next))) await increment(store);
    };
    const stores = [open(t), open(t), open(t)];
    await Promise.all(stores.flatMap((store) => Array.from({ length: 8 }, () => increment(store))));
    assert.equal(await open(t).get("k"), "24");
  });

  it("verifies data that it wrote, answers a ping until it is closed, can be closed twice", async (t) => {
    const store = open(t);
    await store.verify();
    await store.replace("k", undefined, write("one"));
    await open(t).verify();
    await store.ping();
    await store.close();
    await store.close();
    await assert.rejects(store.ping());
  });
}
