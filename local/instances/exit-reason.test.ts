import assert from "node:assert/strict";
import { test } from "node:test";
import { ExitReason } from "./exit-reason.ts";

const exited = { code: 1, signal: null, killReason: undefined };
const killed = { code: null, signal: "SIGKILL", killReason: undefined } as const;

function describe(exit: Parameters<ExitReason["describe"]>[0], stderr = "", line = "") {
  const reason = new ExitReason();
  reason.addError(stderr);
  reason.addLine(line);
  return reason.describe(exit);
}

test("an exit without output is described by its code or signal", () => {
  assert.equal(describe(exited), "exited with code 1");
  assert.equal(describe({ ...killed, signal: "SIGABRT" }), "was ended by SIGABRT");
});

test("the first line has the error that Node.js or V8 wrote below other lines", () => {
  const thrown =
    "/index.js:4\nthrow error;\n^\n\nTypeError: x is not a function\n    at /index.js:4";
  assert.equal(
    describe(exited, thrown),
    `exited with code 1: TypeError: x is not a function\n${thrown}`,
  );
  const fatal = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";
  const text = `<--- Last few GCs --->\n\n${fatal}\n----- Native stack trace -----`;
  const abort = { ...killed, signal: "SIGABRT" } as const;
  assert.equal(describe(abort, text), `was ended by SIGABRT: ${fatal}\n${text}`);
  assert.equal(describe(exited, "bad\n"), "exited with code 1: bad");
  assert.match(describe(exited, `${"x".repeat(10_000)}\n${fatal}`), /^exited with code 1: FATAL /);
});

test("a process that only logged an error exits because of it", () => {
  const line = JSON.stringify({ severity: "ERROR", message: "PORT is -1" });
  assert.equal(describe(exited, "", line), "exited with code 1: PORT is -1");
  assert.equal(describe({ ...killed, signal: "SIGABRT" }, "", line), "was ended by SIGABRT");
  for (const other of ['{"severity":"INFO","message":"ready"}', '{"severity":"ERROR"}', "[", "1"]) {
    assert.equal(describe(exited, "", other), "exited with code 1");
  }
});

test("SIGKILL is explained by the platform that sent it, or by its possible senders", () => {
  const line = JSON.stringify({ severity: "ERROR", message: "a handled failure" });
  const foreign = "sent by kill -9, or by the kernel because memory ran out";
  assert.equal(describe(killed, "", line), `was ended by SIGKILL: ${foreign}`);
  assert.equal(
    describe({ ...killed, killReason: "it was not ready after 15000 ms" }),
    "was ended by SIGKILL: it was not ready after 15000 ms",
  );
});
