import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { portVariableOf } from "#local/config.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { CurrencyServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { findFreePort } from "#runtime/find-free-port.ts";
import { startPrinting } from "../bench/processes.ts";
import { root } from "./fixtures/source-files.ts";

test("calls of a running function are answered while the local platform is stopped", async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), "shop-stopped-"));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const port = await findFreePort();
  const ports = listFunctions().map((name) => [portVariableOf(name), "0"]);
  const env = {
    ...Object.fromEntries(ports),
    CURRENCYSERVICE_PORT: String(port),
    CONSOLE_PORT: "0",
    DATA_DIR: dataDir,
  };
  const args = [join(root, "cli", "shop.ts"), "up", "--no-build", "--quiet"];
  const up = await startPrinting({ name: "shop up", args, env }, (line) =>
    line.includes("at zero"),
  );
  t.after(() => up.stop());
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
