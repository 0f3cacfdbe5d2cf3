import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { portVariableOf } from "#local/config.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { CurrencyServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { findFreePort } from "#runtime/find-free-port.ts";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { startPrinting } from "../bench/processes.ts";
import { root } from "./fixtures/source-files.ts";

test("calls of a running function are answered while the local platform is stopped", async (t) => {
  const port = await findFreePort();
  const up = await startPlatform(t, { CURRENCYSERVICE_PORT: String(port) });
  const client = createClient(CurrencyServiceDefinition, `127.0.0.1:${port}`, {
    timeoutMs: 10_000,
  });
  t.after(() => client.close());
  const convert = (units: bigint) =>
    client.convert({ from: { currencyCode: "USD", units, nanos: 0 }, toCode: "JPY" });
  await convert(1n);
  process.kill(up.pid, "SIGSTOP");
  try {
    assert.equal((await convert(2n)).currencyCode, "JPY");
  } finally {
    process.kill(up.pid, "SIGCONT");
  }
});

test("later requests of a visitor's connection are answered while the local platform is stopped", async (t) => {
  const port = await findFreePort();
  const up = await startPlatform(t, { [portVariableOf("frontend")]: String(port) });
  const client = await RawClient.open(t, port);
  // The platform has the first request, and passes the connection on with the second one.
  for (const _ of [1, 2]) assert.match(await client.request("GET", "/"), /^HTTP\/1\.1 200 /);
  process.kill(up.pid, "SIGSTOP");
  try {
    assert.match(await client.request("GET", "/"), /^HTTP\/1\.1 200 /);
  } finally {
    process.kill(up.pid, "SIGCONT");
  }
});

async function startPlatform(t: TestContext, env: Readonly<Record<string, string>>) {
  const dataDir = mkdtempSync(join(tmpdir(), "shop-stopped-"));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const ports = listFunctions().map((name) => [portVariableOf(name), "0"]);
  const args = [join(root, "cli", "shop.ts"), "up", "--no-build", "--quiet"];
  const plan = {
    name: "shop up",
    args,
    env: { ...Object.fromEntries(ports), CONSOLE_PORT: "0", DATA_DIR: dataDir, ...env },
  };
  const up = await startPrinting(plan, (line) => line.includes("at zero"));
  t.after(() => up.stop());
  return up;
}
