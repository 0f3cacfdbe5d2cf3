import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { openMs } from "./circuit.ts";
import { CircuitOpenError } from "./circuit-breaker.ts";
import { type ClientOptions, createClient } from "./client.ts";
import { implementCart } from "./fixtures/cart.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { useCallTokens } from "./identity/call-tokens.ts";
import { renderMetrics } from "./metrics.ts";
import { runInScope } from "./request-context.ts";
import { type StatusCode, StatusError } from "./status.ts";

const user = { userId: "u" };
const item = { userId: "u", item: undefined };
const timeoutMs = 100;
const untilTrial = { timeout: openMs + 5000 };

/** A cart service that hangs, fails or answers, as the test sets it, and counts the calls that arrive. */
async function serveSwitch(t: TestContext, options: ClientOptions = {}) {
  const state = { mode: "answer" as "answer" | "hang" | StatusCode, calls: 0 };
  const handle = async (signal: AbortSignal) => {
    state.calls += 1;
    if (state.mode === "hang") {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    } else if (state.mode !== "answer") throw new StatusError(state.mode, "as the test wants");
    return {};
  };
  const carts = implementCart({
    getCart: async ({ userId }, { signal }) => ({ ...(await handle(signal)), userId, items: [] }),
    addItem: (_request, { signal }) => handle(signal),
  });
  const server = await serveForTest({ services: [carts] });
  t.after(() => server.close());
  const connect = () => {
    const client = createClient(CartServiceDefinition, server.address, { timeoutMs, ...options });
    t.after(() => client.close());
    return client;
  };
  const client = connect();
  // Connects, so that the deadlines of the test pass in the handler.
  await client.emptyCart(user, { timeoutMs: 5000 });
  return { state, client, connect };
}

type Switch = Awaited<ReturnType<typeof serveSwitch>>;

async function openBy({ state, client }: Switch): Promise<void> {
  state.mode = "hang";
  for (let count = 0; count < 3; count += 1) {
    await assert.rejects(client.getCart(user), { code: "DEADLINE_EXCEEDED" });
  }
  state.calls = 0;
}

describe("a circuit breaker", () => {
  test("closes by a copy of a read in the background, for which no caller waits", async (t) => {
    const cart = await serveSwitch(t, { timeoutMs: 500 });
    await openBy(cart);
    assert.equal(await readGauge(), 1);
    await t.waitFor(async () => {
      await cart.client.getCart(user).catch(() => undefined);
      assert.equal(cart.state.calls, 1);
    }, untilTrial);
    // The trial hangs: others are still refused, at once.
    await assert.rejects(cart.client.getCart(user), /a trial is running$/);
    cart.state.mode = "answer";
    await t.waitFor(() => cart.client.getCart(user), { timeout: 2 * openMs + 5000 });
    assert.equal(await readGauge(), 0);
  });

  test("refuses calls after three in a row that were not answered", async (t) => {
    const cart = await serveSwitch(t);
    await openBy(cart);
    await assert.rejects(cart.client.getCart(user), (error) => {
      assert.ok(error instanceof CircuitOpenError);
      assert.equal(error.code, "UNAVAILABLE");
      assert.match(
        error.message,
        /^hipstershop\.CartService\/GetCart of 127\.0\.0\.1:\d+ is not called, because it did not answer; the next trial is in \d+ ms$/,
      );
      return true;
    });
    assert.equal(cart.state.calls, 0);
  });

  test("stays open after a trial that is not sent, for lack of a token", async (t) => {
    const { client, state } = await serveSwitch(t);
    state.mode = "hang";
    for (let count = 0; count < 3; count += 1) {
      await assert.rejects(client.addItem(item), { code: "DEADLINE_EXCEEDED" });
    }
    useCallTokens(import.meta.dirname);
    t.after(() => useCallTokens(undefined));
    const unsent = () => assert.rejects(client.addItem(item), { code: "UNAUTHENTICATED" });
    await t.waitFor(unsent, untilTrial);
    await assert.rejects(client.addItem(item), CircuitOpenError);
  });

  test("lets one write pass as the trial itself", async (t) => {
    const { client, state } = await serveSwitch(t);
    state.mode = "hang";
    for (let count = 0; count < 3; count += 1) {
      await assert.rejects(client.addItem(item), { code: "DEADLINE_EXCEEDED" });
    }
    state.mode = "answer";
    state.calls = 0;
    await t.waitFor(() => client.addItem(item), untilTrial);
    assert.equal(state.calls, 1);
    await client.addItem(item);
  });

  test("stays closed for other methods, and for other clients of the function", async (t) => {
    const cart = await serveSwitch(t);
    const other = cart.connect();
    await openBy(cart);
    cart.state.mode = "answer";
    await cart.client.addItem(item);
    await other.getCart(user);
    await assert.rejects(cart.client.getCart(user), CircuitOpenError);
  });
});

describe("a circuit breaker stays closed if", () => {
  test("calls fail at the same time, as all of them do during one slow cold start", async (t) => {
    const { client, state } = await serveSwitch(t);
    state.mode = "hang";
    const calls = Array.from({ length: 20 }, () => client.getCart(user));
    for (const result of await Promise.allSettled(calls)) assert.equal(result.status, "rejected");
    state.mode = "answer";
    await client.getCart(user);
  });

  test("a call is answered between failures, with an error or without", async (t) => {
    const { client, state } = await serveSwitch(t);
    for (let count = 0; count < 6; count += 1) {
      state.mode = "hang";
      await assert.rejects(client.getCart(user), { code: "DEADLINE_EXCEEDED" });
      if (count % 2 === 0) continue;
      state.mode = count === 1 ? "answer" : "NOT_FOUND";
      await client.getCart(user).catch(({ code }) => assert.equal(code, "NOT_FOUND"));
    }
  });

  test("callers leave", async (t) => {
    const { client, state } = await serveSwitch(t, { timeoutMs: 5000 });
    state.mode = "hang";
    for (let count = 0; count < 5; count += 1) {
      const signal = AbortSignal.timeout(20);
      await assert.rejects(client.getCart(user, { signal }), { code: "CANCELLED" });
    }
    state.mode = "answer";
    await client.getCart(user);
  });

  test("the deadlines of callers are shorter than those of the client", async (t) => {
    const { client, state } = await serveSwitch(t, { timeoutMs: 5000 });
    state.mode = "hang";
    for (let count = 0; count < 5; count += 1) {
      const scope = { deadline: new Date(Date.now() + 50), signal: undefined, coldStarts: [] };
      const call = runInScope(scope, () => client.getCart(user));
      await assert.rejects(call, { code: "DEADLINE_EXCEEDED" });
    }
    state.mode = "answer";
    await client.getCart(user);
  });

  test("a call that is not retried fails at once", async (t) => {
    const { client, state } = await serveSwitch(t, { canRepeat: false });
    state.mode = "UNAVAILABLE";
    for (let count = 0; count < 5; count += 1) {
      await assert.rejects(client.getCart(user), { message: "as the test wants" });
    }
    state.mode = "answer";
    await client.getCart(user);
  });
});

// The method's gauge, which is that of all clients of the process: read it before another one is open.
async function readGauge(): Promise<number> {
  const series =
    /^rpc_client_circuit_breaker_open\{rpc_method="hipstershop.CartService\/GetCart"\} (\d)$/m;
  return Number(series.exec((await renderMetrics()).body)?.[1]);
}
