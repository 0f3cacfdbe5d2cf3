import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { cluster, kubectl, skip } from "./fixtures/cluster.ts";

const root = join(import.meta.dirname, "..", "..");
const { namespace } = cluster;

interface Config {
  clusters: { name: string; cluster: object }[];
  users: { name: string }[];
  contexts: object[];
}

// The arguments of each verb, and its output after it has reached the cluster.
const verbs: readonly (readonly [readonly string[], RegExp])[] = [
  [["status"], /^frontend /m],
  [["release", "frontend"], /^REVISION /],
  [["logs", "--since", "1s"], /^source: the pods in namespace \S+, context alive$/m],
  [["graph", "--lookback", "1s"], /^source: Jaeger in namespace \S+, context alive$/m],
  [["trace", "1".repeat(32)], /^shop: Jaeger in namespace \S+, context alive has no trace/m],
];

describe("a verb with --context", { skip }, () => {
  let folder: string;
  let config: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "shop-context-"));
    config = join(folder, "config");
    const view = ["config", "view", "--raw", "--minify", "--flatten"];
    const { clusters, users, contexts, ...rest } = (await kubectl.readJson(view)) as Config;
    const user = users[0]?.name;
    const dead = { name: "dead", cluster: { server: "http://127.0.0.1:1" } };
    const context = (name: string, of = "dead") => ({ name, context: { cluster: of, user } });
    const merged = {
      ...rest,
      users,
      clusters: [...clusters, dead],
      contexts: [context("dead"), context("alive", clusters[0]?.name)],
      "current-context": "dead",
    };
    writeFileSync(config, JSON.stringify(merged));
  });

  after(() => rmSync(folder, { recursive: true }));

  function shop(args: readonly string[]): string {
    const all = ["cli/shop.ts", ...args, "--namespace", namespace];
    const env = { ...process.env, KUBECONFIG: config };
    const options = { cwd: root, env, encoding: "utf8", timeout: 60_000 } as const;
    const { stdout, stderr } = spawnSync(process.execPath, all, options);
    return stdout + stderr;
  }

  for (const [args, said] of verbs) {
    test(`uses that cluster and not the current one: ${args[0]}`, () => {
      assert.match(shop([...args, "--context", "alive"]), said);
      assert.doesNotMatch(shop([...args, "--context", "dead"]), said);
    });
  }

  test("uses that cluster and not the current one: undeploy", () => {
    const all = ["cli/shop.ts", "undeploy", "--namespace", `${namespace}-nothing`];
    const env = { ...process.env, KUBECONFIG: config };
    const run = (context: string) =>
      spawnSync(process.execPath, [...all, "--context", context], { cwd: root, env });
    assert.equal(run("alive").status, 0);
    assert.equal(run("dead").status, 1);
  });
});
