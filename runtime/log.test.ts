import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { configureLog, log } from "./log.ts";

interface PrintedError {
  name?: string;
  message?: string;
  code?: unknown;
  stack?: string;
  cause?: unknown;
}

function captureLine(t: TestContext) {
  const lines: (Record<string, unknown> & { error?: PrintedError })[] = [];
  configureLog({ service: "tested", write: (line) => lines.push(JSON.parse(line)) });
  t.after(() => configureLog({ service: "", write: (line) => process.stdout.write(line) }));
  return () => {
    assert.equal(lines.length, 1);
    return lines[0] ?? {};
  };
}

const circular: Record<string, unknown> = { name: "a", list: [1] };
circular.self = circular;

const ownCause = new TypeError("it broke");
ownCause.cause = ownCause;

const inner = new Error("inner", {});
const outer = new Error("outer", { cause: inner });
inner.cause = { note: "between", error: outer };

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const deep: Record<string, unknown> = {};
for (let depth = 0, at = deep; depth < 10_000; depth += 1) at = at.next = {} as typeof deep;

const throwNothing = () => {
  throw undefined;
};

describe("a log line", () => {
  const values: Record<string, [unknown, RegExp]> = {
    "a circular object": [circular, /name: 'a', list: \[ 1 \], self: \[Circular/],
    "a toJSON that throws": [
      { id: 7, toJSON: () => assert.fail("no JSON today") },
      /id: 7, toJSON: \[Function/,
    ],
    "a getter that throws": [
      {
        id: 7,
        get secret() {
          return assert.fail("not now");
        },
      },
      /id: 7, secret: \[Getter\]/,
    ],
    "a revoked proxy": [revoked.proxy, /<Revoked Proxy>/],
    "a structure too deep for JSON": [deep, /next: \{ next: /],
    "an object that cannot be printed in any way": [
      {
        toJSON: () => assert.fail("no JSON"),
        [Symbol.for("nodejs.util.inspect.custom")]: () => assert.fail("no text"),
      },
      /^\[cannot be printed: no text\]$/,
    ],
    "a value that throws what cannot be printed": [
      {
        toJSON: throwNothing,
        [Symbol.for("nodejs.util.inspect.custom")]: throwNothing,
      },
      /^\[cannot be printed\]$/,
    ],
    "an invalid date": [new Date(Number.NaN), /^Invalid Date$/],
    "a BigInt": [2n ** 64n, /^18446744073709551616$/],
  };
  for (const [name, [value, expected]] of Object.entries(values)) {
    test(`describes ${name} and keeps the other fields`, (t) => {
      const line = captureLine(t);
      log.error("it failed", { before: 1, value, after: { deep: 2n, at: new Date(0) } });
      const { message, service, severity, before, value: printed, after } = line();
      assert.deepEqual(
        { message, service, severity },
        {
          message: "it failed",
          service: "tested",
          severity: "ERROR",
        },
      );
      assert.equal(before, 1);
      assert.match(String(printed), expected);
      assert.deepEqual(after, { deep: "2", at: "1970-01-01T00:00:00.000Z" });
    });
  }

  test("keeps name, message and stack of an error that is its own cause", (t) => {
    const line = captureLine(t);
    log.error("it failed", { error: ownCause });
    const { name, message, stack, cause } = line().error ?? {};
    assert.deepEqual([name, message], ["TypeError", "it broke"]);
    assert.match(stack ?? "", /log\.test\.ts/);
    assert.match(String(cause), /it broke/);
  });

  test("keeps name, message and stack of an error whose causes form a cycle", (t) => {
    const line = captureLine(t);
    log.error("it failed", { error: outer });
    const { name, message, cause } = line().error ?? {};
    assert.deepEqual([name, message], ["Error", "outer"]);
    assert.match(String(cause), /note: 'between'/);
    assert.match(String(cause), /inner/);
  });

  test("has the causes of an error as objects", (t) => {
    const line = captureLine(t);
    log.warn("it failed", { error: new Error("a", { cause: new RangeError("b") }) });
    const { message, cause } = line().error ?? {};
    assert.deepEqual([message, (cause as PrintedError).name], ["a", "RangeError"]);
  });

  test("has all other fields if reading one of them throws", (t) => {
    const line = captureLine(t);
    log.info("read", {
      id: 7,
      get lazy() {
        return assert.fail("not now");
      },
    });
    assert.deepEqual([line().id, line().lazy], [7, "[cannot be printed: not now]"]);
  });

  test("is written although its fields cannot be read", (t) => {
    const line = captureLine(t);
    log.info("read", revoked.proxy);
    assert.deepEqual([line().message, line().service], ["read", "tested"]);
  });

  test("keeps message and stack of an error whose code cannot be read", (t) => {
    const line = captureLine(t);
    const error = Object.defineProperty(new Error("x"), "code", {
      get: () => assert.fail("no code"),
    });
    log.error("it failed", { error });
    const { name, message, code, stack } = line().error ?? {};
    assert.deepEqual([name, message, code], ["Error", "x", "[cannot be printed: no code]"]);
    assert.match(stack ?? "", /log\.test\.ts/);
  });
});
