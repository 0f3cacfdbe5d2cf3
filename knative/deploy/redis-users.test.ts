import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { parseObjects } from "../manifests/render-manifests.ts";
import { keepDefaultUser } from "./redis-users.ts";

const file = join(import.meta.dirname, "..", "base", "redis", "redis.yaml");
const objects = parseObjects(readFileSync(file, "utf8"));

function serviceWith(...env: { name: string; value?: string }[]): KubeObject {
  const spec = { template: { spec: { containers: [{ image: "x", env }] } } };
  return { kind: "Service", metadata: { name: "cartservice" }, spec };
}

const address = { name: "REDIS_ADDR", value: "redis.mine.svc.cluster.local:6379" };
const username = { name: "REDIS_USERNAME", value: "shop" };

const stateOf = (all: readonly KubeObject[]) =>
  /"DEFAULT_USER","value":"(\w+)"/.exec(JSON.stringify(all))?.[1];

test("a deploy over functions without a Redis user keeps the user default, and says so", () => {
  const { objects: changed, notes } = keepDefaultUser(objects, [serviceWith(address)], "mine");
  assert.equal(stateOf(changed), "on");
  assert.match(notes.join(), /^Redis still accepts .*cartservice.*: run shop deploy again/);
  assert.equal(stateOf(objects), "off");
});

test("a first deploy, and one over functions with a Redis user, switch the user default off", () => {
  for (const present of [
    [],
    [serviceWith(address, username)],
    [serviceWith()],
    [serviceWith({ name: "REDIS_ADDR", value: "redis.other.example:6379" })],
  ]) {
    assert.deepEqual(keepDefaultUser(objects, present, "mine"), { objects, notes: [] });
  }
});
