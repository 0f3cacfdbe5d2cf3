import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryRecordStore } from "./fixtures/memory-record-store.ts";
import { createJsonRecords } from "./json-records.ts";
import type { RecordStore } from "./record-store.ts";
import { StoreError } from "./store-error.ts";

interface Counter {
  readonly count: number;
}

const isCounter = (value: unknown): value is Counter =>
  typeof value === "object" && value !== null && "count" in value;

function openRecords(change: Partial<RecordStore> = {}) {
  const store = { ...createMemoryRecordStore(), ...change };
  const options = { noun: "counter", isRecord: isCounter, retentionMs: 60_000, now: Date.now };
  return { store, records: createJsonRecords({ store, ...options }) };
}

const add = (current: Counter | undefined): Counter => ({
  ...current,
  count: (current?.count ?? 0) + 1,
});

test("creates and changes a record, and says who wrote it", async () => {
  const { store, records } = openRecords();
  assert.deepEqual(await records.change("k", add), { record: { count: 1 }, isWritten: true });
  assert.deepEqual(await records.change("k", add), { record: { count: 2 }, isWritten: true });
  const same = await records.change("k", (current) => current ?? { count: 0 });
  assert.deepEqual(same, { record: { count: 2 }, isWritten: false });
  assert.equal(await store.get("k"), '{"count":2}');
});

test("edits again if another caller changed the record meanwhile", async () => {
  const { records } = openRecords();
  const changes = await Promise.all(Array.from({ length: 20 }, () => records.change("k", add)));
  assert.deepEqual(
    changes.map(({ record }) => record.count).toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
});

test("passes an error of the edit on, and writes nothing", async () => {
  const { store, records } = openRecords();
  const refuse = () => {
    throw new RangeError("no");
  };
  await assert.rejects(records.change("k", refuse), RangeError);
  assert.equal(await store.get("k"), undefined);
});

test("a store that is away or refuses is UNAVAILABLE, since the write may have been made", async () => {
  for (const unreachable of [true, false]) {
    const fail = async () => {
      throw new StoreError("Redis at redis:6379: it failed", { unreachable, cause: undefined });
    };
    for (const change of [{ get: fail }, { replace: fail }]) {
      await assert.rejects(openRecords(change).records.change("k", add), {
        code: "UNAVAILABLE",
        message: "Can't access the counters. Redis at redis:6379: it failed",
      });
    }
  }
});

test("a damaged record is DATA_LOSS, without its text", async () => {
  for (const value of ["secret", '{"secret":1}', "null"]) {
    const { store, records } = openRecords();
    const write = { value, expiresAtMs: Date.now() + 60_000, tags: [], sortMs: 1 };
    await store.replace("k", undefined, write);
    await assert.rejects(records.change("k", add), {
      code: "DATA_LOSS",
      message: "the stored counter is damaged",
    });
  }
});
