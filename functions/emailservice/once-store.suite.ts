import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { OnceStore } from "./once-store.ts";

/** One kind of store for the suite. */
export interface StoreUnderTest {
  /** What titles call it. */
  name: string;
  /** Why the suite cannot run here; undefined where it can. */
  skip: string | undefined;
  /** Opens the store that the test keeps to itself; twice gives two connections to the same one. */
  open(t: TestContext): OnceStore;
}

/** What holds for every store of sent mails. */
export function describeOnceStore({ name, skip, open }: StoreUnderTest): void {
  const it = (title: string, work: (t: TestContext) => Promise<void>) =>
    test(`${name}: ${title}`, skip ? { skip } : {}, work);

  it("a mail is claimed once, and sent for good", async (t) => {
    const store = open(t);
    assert.equal(await store.claim("order", "me"), "claimed");
    assert.equal(await store.claim("order", "you"), "sending");
    assert.equal(await store.claim("other", "you"), "claimed");
    await store.markSent("order");
    assert.equal(await store.claim("order", "you"), "sent");
  });

  it("of claims at the same time one wins", async (t) => {
    const stores = [open(t), open(t), open(t)];
    const claims = await Promise.all(
      stores.flatMap((store, index) =>
        Array.from({ length: 10 }, (_, attempt) => store.claim("order", `${index}.${attempt}`)),
      ),
    );
    assert.equal(claims.filter((claim) => claim === "claimed").length, 1);
    assert.equal(claims.filter((claim) => claim === "sending").length, 29);
  });

  it("a released mail can be claimed again, and only its claimer releases it", async (t) => {
    const store = open(t);
    await store.claim("order", "me");
    await store.release("order", "you");
    assert.equal(await store.claim("order", "you"), "sending");
    await store.release("order", "me");
    assert.equal(await store.claim("order", "you"), "claimed");
  });

  it("a sent mail cannot be released", async (t) => {
    const store = open(t);
    await store.claim("order", "me");
    await store.markSent("order");
    await store.release("order", "me");
    assert.equal(await store.claim("order", "me"), "sent");
  });

  it("answers a ping until it is closed", async (t) => {
    const store = open(t);
    await store.ping();
    await store.close();
    await assert.rejects(store.ping());
  });
}
