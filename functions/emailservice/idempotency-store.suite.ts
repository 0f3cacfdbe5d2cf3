import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { IdempotencyStore } from "./idempotency-store.ts";

/** An implementation to run the suite against. */
export interface StoreUnderTest {
  /** The name of the store in test titles. */
  name: string;
  /** The reason for skipping the suite; undefined if it can run. */
  skip: string | undefined;
  /** Opens the store of one test; a second call opens a second connection to the same data. */
  open(t: TestContext): IdempotencyStore;
}

/** Tests the contract of IdempotencyStore. */
export function describeIdempotencyStore({ name, skip, open }: StoreUnderTest): void {
  const it = (title: string, work: (t: TestContext) => Promise<void>) =>
    test(`${name}: ${title}`, skip ? { skip } : {}, work);

  it("reserves a mail once and reports it as sent afterwards", async (t) => {
    const store = open(t);
    assert.equal(await store.reserve("order", "me"), "reserved");
    assert.equal(await store.reserve("order", "you"), "sending");
    assert.equal(await store.reserve("other", "you"), "reserved");
    await store.recordSent("order");
    assert.equal(await store.reserve("order", "you"), "sent");
  });

  it("grants one of several reservations at the same time", async (t) => {
    const stores = [open(t), open(t), open(t)];
    const reservations = await Promise.all(
      stores.flatMap((store, index) =>
        Array.from({ length: 10 }, (_, attempt) => store.reserve("order", `${index}.${attempt}`)),
      ),
    );
    assert.equal(reservations.filter((state) => state === "reserved").length, 1);
    assert.equal(reservations.filter((state) => state === "sending").length, 29);
  });

  it("reserves a mail again after its release, which requires the token", async (t) => {
    const store = open(t);
    await store.reserve("order", "me");
    await store.release("order", "you");
    assert.equal(await store.reserve("order", "you"), "sending");
    await store.release("order", "me");
    assert.equal(await store.reserve("order", "you"), "reserved");
  });

  it("does not release a sent mail", async (t) => {
    const store = open(t);
    await store.reserve("order", "me");
    await store.recordSent("order");
    await store.release("order", "me");
    assert.equal(await store.reserve("order", "me"), "sent");
  });

  it("answers a ping until it is closed", async (t) => {
    const store = open(t);
    await store.ping();
    await store.close();
    await assert.rejects(store.ping());
  });
}
