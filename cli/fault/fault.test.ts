import assert from "node:assert/strict";
import { test } from "node:test";
import { skipWithoutKubectl, writeKubeconfig } from "#backends/fixtures/kubeconfig.ts";
import { serve } from "#backends/fixtures/serve.ts";
import { startPlatform } from "#local/platform.ts";
import { makeTemporaryDir } from "#local/fixtures/start-fixtures.ts";
import { runShop } from "../fixtures/run-shop.ts";
import { formatFaults } from "./format-faults.ts";

test("sets, lists and clears the faults of the local platform's functions", async (t) => {
  const dataDir = await makeTemporaryDir(t);
  const platform = await startPlatform({ ports: "free", logs: "ignore", dataDir });
  t.after(() => platform.close());
  const local = ["--local", platform.urls.console];
  const shop = async (...args: string[]) => {
    const { status, stdout, stderr } = await runShop(["fault", ...args, ...local]);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  assert.equal(await shop("list"), "no function injects faults\n");
  const first = "CurrencyService/Convert:status=ABORTED@0.5";
  assert.equal(
    await shop("set", "currencyservice", first, "*:latency=1ms"),
    `currencyservice injects ${first}; *:latency=1ms\n`,
  );
  await shop("set", "cartservice", "*:crash=after@0.1");
  assert.equal(
    await shop("list"),
    [
      "FUNCTION         FAULT",
      "cartservice      *:crash=after@0.1",
      `currencyservice  ${first}`,
      "currencyservice  *:latency=1ms\n",
    ].join("\n"),
  );
  assert.equal(await shop("clear", "cartservice"), "cartservice injects no faults\n");
  assert.deepEqual(JSON.parse(await shop("list", "--json")), [
    { name: "currencyservice", rules: `${first}; *:latency=1ms` },
  ]);
  assert.equal(await shop("clear"), "currencyservice injects no faults\n");
  assert.equal(await shop("clear"), "no faults\n");
});

test("exits 2 for malformed rules, unknown functions and wrong arguments", async (t) => {
  const url = await serve(t, () => ({ functions: [{ name: "cartservice", address: "" }] }));
  const local = ["--local", url];
  for (const [args, said] of [
    [
      ["set", "cartservice", "*:slow", ...local],
      'shop: the rule "*:slow" of the arguments is wrong: the fault is "slow": expected latency, status, hang, crash, cpu or leak\n',
    ],
    [
      ["set", "cartservice", ";", ...local],
      "shop: there is no rule: shop fault clear deletes the faults of a function\n",
    ],
    [
      ["set", "cart", "*:hang", ...local],
      "shop: no function is named cart on the local platform: expected some of cartservice\n",
    ],
    [
      ["clear", "cart", ...local],
      "shop: no function is named cart on the local platform: expected some of cartservice\n",
    ],
    [["set", "cartservice"], "error: missing required argument 'rule'\n"],
    [
      ["clear", "--namespace", "A"],
      'shop: --namespace is "A": expected at most 63 lower-case letters, digits and dashes\n',
    ],
  ] as const) {
    const { status, stderr } = await runShop(["fault", ...args]);
    assert.equal(stderr.split("\n").at(-2), said.trimEnd());
    assert.equal(status, 2);
  }
});

test("exits 1 if the local platform or the cluster does not respond", {
  skip: skipWithoutKubectl,
}, async (t) => {
  const dead = "http://127.0.0.1:1";
  const platform = await runShop(["fault", "list", "--local", dead]);
  assert.equal(platform.status, 1);
  assert.match(platform.stderr, /the local platform at .* cannot be read/);
  const KUBECONFIG = writeKubeconfig(t, { dead });
  const cluster = await runShop(["fault", "list", "--cluster"], { KUBECONFIG });
  assert.equal(cluster.status, 1);
  assert.match(cluster.stderr, /shop: kubectl get .* failed: .*127\.0\.0\.1:1/);
});

test("shows the revisions of a cluster with their shares", () => {
  const revision = { name: "cartservice", revision: "cartservice-2", percent: 100 };
  assert.equal(
    formatFaults([{ ...revision, rules: "*:hang; *:crash;" }]),
    [
      "FUNCTION     REVISION       SHARE  FAULT",
      "cartservice  cartservice-2  100 %  *:hang",
      "cartservice  cartservice-2  100 %  *:crash",
    ].join("\n"),
  );
});
