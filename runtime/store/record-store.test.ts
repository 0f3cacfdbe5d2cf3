import type { TestContext } from "node:test";
import { createMemoryRecordStore, type MemoryRecords } from "./fixtures/memory-record-store.ts";
import { describeRecordStore } from "./record-store.suite.ts";

let passedMs = 0;
const now = () => Date.now() + passedMs;
const memories = new WeakMap<TestContext, MemoryRecords>();

describeRecordStore({
  name: "memory",
  skip: undefined,
  open: (t) => {
    const records = memories.get(t) ?? new Map();
    memories.set(t, records);
    return createMemoryRecordStore({ records, now });
  },
  now,
  pass: async (milliseconds) => {
    passedMs += milliseconds;
  },
});
