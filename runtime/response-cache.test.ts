import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type CacheableCall, type FetchedResponse, ResponseCache } from "./response-cache.ts";

const policy = { maxAgeS: 5, staleWhileRevalidateS: 55 };

/** A cache with a clock, and a function whose responses are 1, 2, 3 and so on. */
function createCache(limits = { maxEntries: 10, maxBytes: 1000 }) {
  let nowMs = 0;
  let calls = 0;
  const cache = new ResponseCache(limits, () => nowMs);
  const make = async (): Promise<FetchedResponse> => {
    calls += 1;
    return { response: calls, policy, bytes: 10 };
  };
  const call = (changes: Partial<CacheableCall> = {}): CacheableCall => ({
    fetch: make,
    revalidate: make,
    join: (other) => other,
    ...changes,
  });
  return {
    cache,
    call,
    calls: () => calls,
    pass: (seconds: number) => {
      nowMs += seconds * 1000;
    },
    answer: (key = "k", changes: Partial<CacheableCall> = {}) => cache.answer(key, call(changes)),
  };
}

const failing = async (): Promise<never> => {
  throw new Error("the function is down");
};

describe("a response cache", () => {
  test("returns a fresh response without a call", async () => {
    const { answer, pass, calls } = createCache();
    assert.deepEqual(await answer(), { response: 1, result: "miss" });
    pass(4.999);
    assert.deepEqual(await answer(), { response: 1, result: "hit" });
    assert.equal(calls(), 1);
  });

  test("returns a stale response at once, and requests a new one once", async () => {
    const { answer, pass, calls } = createCache();
    await answer();
    pass(5);
    const answers = await Promise.all([answer(), answer(), answer()]);
    assert.deepEqual(answers[2], { response: 1, result: "stale" });
    assert.equal(calls(), 2);
    assert.deepEqual(await answer(), { response: 2, result: "hit" });
  });

  test("keeps a stale response while the function is down, until its time is over", async () => {
    const { answer, pass } = createCache();
    await answer();
    for (let second = 5; second < 60; second += 5) {
      pass(5);
      const stale = await answer("k", { revalidate: failing, fetch: failing });
      assert.deepEqual(stale, { response: 1, result: "stale" });
    }
    pass(5);
    await assert.rejects(answer("k", { fetch: failing }), /the function is down/);
    assert.deepEqual(await answer(), { response: 2, result: "miss" });
  });

  test("calls at the same time share one call", async () => {
    const { answer, calls } = createCache();
    const answers = await Promise.all([answer(), answer(), answer("other")]);
    assert.deepEqual(
      answers.map(({ result }) => result),
      ["miss", "collapsed", "miss"],
    );
    assert.equal(answers[0]?.response, answers[1]?.response);
    assert.equal(calls(), 2);
  });

  test("does not keep an error, nor give it to other callers", async () => {
    const { answer, calls } = createCache();
    const failed = answer("k", { fetch: failing });
    const joined = answer();
    await assert.rejects(failed);
    assert.deepEqual(await joined, { response: 1, result: "miss" });
    assert.equal(calls(), 1);
  });

  test("gives a response without a policy to its caller only", async () => {
    const { answer, cache, calls } = createCache();
    const fetch = async () => ({ response: "of one visitor", policy: undefined, bytes: 0 });
    const [own, other] = await Promise.all([answer("k", { fetch }), answer()]);
    assert.deepEqual(own, { response: "of one visitor", result: "miss" });
    assert.deepEqual(other, { response: 1, result: "miss" });
    assert.equal(calls(), 1);
    await answer("l", { fetch });
    assert.equal(cache.size.entries, 1);
  });

  test("a caller that cannot wait does not end the call of another one", async () => {
    const { answer } = createCache();
    const first = answer();
    await assert.rejects(answer("k", { join: failing }), /down/);
    assert.deepEqual(await first, { response: 1, result: "miss" });
  });

  test("counts the time from the request, and ignores a response to an older request", async () => {
    const { answer, cache, pass, calls } = createCache();
    const slow = Promise.withResolvers<FetchedResponse>();
    const old = answer("k", { fetch: () => slow.promise });
    pass(3);
    // As after a refused order: the present response, at once.
    await cache.fetch(
      () => "k",
      async () => ({ response: "new", policy, bytes: 1 }),
    );
    slow.resolve({ response: "old", policy, bytes: 1 });
    assert.deepEqual(await old, { response: "old", result: "miss" });
    assert.deepEqual(await answer(), { response: "new", result: "hit" });
    pass(5);
    assert.equal((await answer()).result, "stale");
    assert.equal(calls(), 1);
  });

  test("returns the same object for the same tag, frozen in all depths", async () => {
    const { answer, pass, cache } = createCache();
    const list = async (etag: string, name: string) => ({
      response: { products: [{ name, bytes: Buffer.from("x") }] },
      policy: { ...policy, etag },
      bytes: 1,
    });
    const first = await answer("k", { fetch: () => list("v1", "Mug") });
    assert.throws(() => {
      (first.response as { products: { name: string }[] }).products[0] = { name: "Cup" };
    }, TypeError);
    assert.throws(() => {
      Object.assign((first.response as { products: object[] }).products[0] ?? {}, { name: "Cup" });
    }, TypeError);
    pass(5);
    await answer("k", { revalidate: () => list("v1", "Mug") });
    await nextTurn();
    const second = await answer("k");
    assert.equal(second.result, "hit");
    assert.equal(second.response, first.response);
    pass(5);
    await answer("k", { revalidate: () => list("v2", "Cup") });
    await nextTurn();
    assert.notEqual((await answer("k")).response, first.response);
    assert.equal(cache.size.entries, 1);
  });

  test("removes the least recently used responses beyond each limit", async () => {
    const { answer, cache } = createCache({ maxEntries: 2, maxBytes: 1000 });
    for (const key of ["a", "b", "a", "c"]) await answer(key);
    assert.equal((await answer("a")).result, "hit");
    assert.equal((await answer("b")).result, "miss");
    assert.deepEqual(cache.size, { entries: 2, bytes: 22 });
  });

  test("does not keep a response that is longer than the limit", async () => {
    const { answer, cache } = createCache({ maxEntries: 10, maxBytes: 25 });
    for (const key of ["a", "b", "c"]) await answer(key);
    assert.deepEqual(cache.size, { entries: 2, bytes: 22 });
    const fetch = async () => ({ response: "long", policy, bytes: 26 });
    await answer("d", { fetch });
    assert.deepEqual(cache.size, { entries: 2, bytes: 22 });
  });
});
