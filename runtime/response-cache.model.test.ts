import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type FetchedResponse, ResponseCache } from "./response-cache.ts";

// Small sets, so that operations meet: a key is kept, stale, being requested, or its time is over.
const key = fc.constantFrom("a", "b", "c");
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ name: fc.constant("answer" as const), key }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("renew" as const), key }) },
  {
    weight: 4,
    arbitrary: fc.record({
      name: fc.constant("settle" as const),
      index: fc.nat(3),
      outcome: fc.constantFrom("kept", "kept", "kept", "unmarked", "failed"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant("pass" as const),
      seconds: fc.constantFrom(1, 2, 5, 30),
    }),
  },
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const maxAgeS = 5;
const staleWhileRevalidateS = 20;
const policy = { maxAgeS, staleWhileRevalidateS };

/** A response of the function: when it was requested, and for which key. */
interface Content {
  readonly key: string;
  readonly requestedAtMs: number;
}

interface RunningCall extends Content {
  readonly resolve: (response: FetchedResponse) => void;
  readonly reject: (error: Error) => void;
}

/** A function whose calls end when and how a test decides. */
class ControlledFunction {
  readonly running: RunningCall[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  call(name: string): Promise<FetchedResponse> {
    return new Promise((resolve, reject) => {
      this.running.push({ key: name, requestedAtMs: this.#now(), resolve, reject });
    });
  }

  settle(index: number, outcome: string): void {
    const [call] = this.running.splice(index % Math.max(this.running.length, 1), 1);
    if (!call) return;
    if (outcome === "failed") {
      call.reject(new Error("failed"));
      return;
    }
    const content: Content = { key: call.key, requestedAtMs: call.requestedAtMs };
    const kept = outcome === "kept" ? policy : undefined;
    call.resolve({ response: content, policy: kept, bytes: 10 });
  }
}

test("no order of calls, answers and time returns what must not be returned", async () => {
  const limits = fc.constantFrom(2, 3);
  const run = async (maxEntries: number, operations: readonly Operation[]) => {
    let nowMs = 0;
    const now = () => nowMs;
    const cache = new ResponseCache({ maxEntries, maxBytes: 1000 }, now);
    const server = new ControlledFunction(now);
    const pending: Promise<void>[] = [];
    // The newest kept request of each key of which a caller was answered fresh.
    const newest = new Map<string, number>();
    const runningOf = (name: string) => server.running.filter((call) => call.key === name).length;

    const check = async (name: string) => {
      const askedAtMs = nowMs;
      const before = runningOf(name);
      const answered = cache.answer(name, {
        fetch: () => server.call(name),
        revalidate: () => server.call(name),
        join: (other) => other,
      });
      const after = runningOf(name);
      assert.ok(after - before <= 1);
      const answer = await answered.catch(() => undefined);
      if (!answer) return;
      const { key: about, requestedAtMs } = answer.response as Content;
      assert.equal(about, name);
      const ageMs = askedAtMs - requestedAtMs;
      if (answer.result === "hit") {
        assert.ok(ageMs < maxAgeS * 1000, `a hit of ${ageMs} ms`);
        assert.equal(after, before, "a hit made a call");
        // After a response was removed, a slow call may bring an older one.
        const isOlder = requestedAtMs < (newest.get(name) ?? 0);
        assert.ok(maxEntries < 3 || !isOlder, "an older response came back");
        newest.set(name, requestedAtMs);
      }
      if (answer.result === "stale") {
        assert.ok(ageMs >= maxAgeS * 1000 && ageMs < (maxAgeS + staleWhileRevalidateS) * 1000);
        assert.ok(after > 0, "nobody requests a new one");
      }
      if (answer.result === "miss") assert.ok(ageMs <= 0, `a miss of ${ageMs} ms`);
    };

    const settleAll = async () => {
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    };
    for (const each of operations) {
      if (each.name === "pass") nowMs += each.seconds * 1000;
      if (each.name === "answer") pending.push(check(each.key));
      if (each.name === "renew") {
        const renewed = cache.fetch(
          () => each.key,
          () => server.call(each.key),
        );
        pending.push(
          renewed.then(
            () => undefined,
            () => undefined,
          ),
        );
      }
      if (each.name === "settle") server.settle(each.index, each.outcome);
      await settleAll();
      assert.ok(cache.size.entries <= maxEntries);
      assert.equal(cache.size.bytes, cache.size.entries * 11);
    }
    while (server.running.length > 0) {
      server.settle(0, "kept");
      await settleAll();
    }
    await Promise.all(pending);
  };
  const property = fc.asyncProperty(limits, fc.array(operation, { maxLength: 80 }), run);
  await fc.assert(property, { numRuns: 500 });
});
