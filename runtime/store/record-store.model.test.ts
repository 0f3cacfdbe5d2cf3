import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { configureLog } from "../log.ts";
import { createMemoryRecordStore } from "./fixtures/memory-record-store.ts";
import { recordStoresForTest } from "./fixtures/record-stores.ts";
import type { RecordStore } from "./record-store.ts";

configureLog({ level: "error" });

const key = fc.constantFrom("a", "b", "c");
const tag = fc.constantFrom("all", "open");
const value = fc.constantFrom("", "one");

// Values of a small set, so that operations meet: a key exists, a text is the expected one, positions are equal.
const operation = fc.oneof(
  fc.record({ name: fc.constant("get" as const), key }),
  fc.record({
    name: fc.constant("replace" as const),
    key,
    expected: fc.constantFrom(undefined, undefined, "", "one"),
    value,
    tags: fc.array(tag, { maxLength: 3 }),
    sortMs: fc.integer({ min: 1, max: 3 }),
    isExpired: fc.constantFrom(false, false, false, true),
  }),
  fc.record({ name: fc.constant("remove" as const), key, expected: value }),
  fc.record({
    name: fc.constant("list" as const),
    tag,
    limit: fc.integer({ min: 1, max: 4 }),
    order: fc.constantFrom("newest" as const, "oldest" as const),
  }),
  fc.record({ name: fc.constant("count" as const), tag }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Runs an operation on the keys and tags of one run. */
function perform(store: RecordStore, each: Operation, run: string): Promise<unknown> {
  switch (each.name) {
    case "get":
      return store.get(run + each.key);
    case "replace":
      return store.replace(run + each.key, each.expected, {
        value: each.value,
        expiresAtMs: Date.now() + (each.isExpired ? -60_000 : 60_000),
        tags: each.tags.map((name) => run + name),
        sortMs: each.sortMs,
      });
    case "remove":
      return store.remove(run + each.key, each.expected);
    case "list":
      return store.list(run + each.tag, each);
    case "count":
      return store.count(run + each.tag);
  }
}

for (const { name, skip, open } of await recordStoresForTest()) {
  test(`${name}: any operations have the results of the store in memory`, { skip }, async (t) => {
    const store = open(t, { name: "orders", format: 1, now: Date.now });
    let runs = 0;
    const property = fc.asyncProperty(
      fc.array(operation, { minLength: 20, maxLength: 60 }),
      async (operations) => {
        runs += 1;
        const model = createMemoryRecordStore();
        for (const each of operations) {
          const expected = await perform(model, each, `${runs}.`);
          assert.deepEqual(await perform(store, each, `${runs}.`), expected, JSON.stringify(each));
        }
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
}
