import assert from "node:assert/strict";
import { test } from "node:test";
import { cluster, kubectl, skip } from "./fixtures/cluster.ts";
import { runRedisCli } from "./fixtures/redis-cli.ts";

const { namespace } = cluster;

test("the namespace refuses a pod that does not follow the restricted standard", {
  skip,
}, async () => {
  const image = "registry.invalid/x:1";
  const dryRun = ["run", "privileged", `--image=${image}`, "-n", namespace, "--dry-run=server"];
  const { exitCode, stderr } = await kubectl.run(dryRun);
  assert.equal(exitCode, 1);
  assert.match(stderr, /violates PodSecurity "restricted/);
});

test("the images of Redis, Jaeger and Prometheus are named by digest", { skip }, async () => {
  for (const workload of ["statefulset/redis", "deployment/jaeger", "deployment/prometheus"]) {
    const path = "jsonpath={.spec.template.spec.containers[*].image}";
    const images = await kubectl.read(["get", workload, "-n", namespace, "-o", path]);
    for (const image of images.split(" ")) assert.match(image, /:[\w.-]+@sha256:[0-9a-f]{64}$/);
  }
});

test("Redis' user default is off, and the functions' user cannot administer Redis", {
  skip,
}, async () => {
  const { stdout } = await runRedisCli("ACL", "LIST");
  const users = JSON.parse(stdout) as string[];
  assert.match(users.find((user) => user.startsWith("user default ")) ?? "", / off /);
  const dryRun = JSON.parse((await runRedisCli("ACL", "DRYRUN", "shop", "FLUSHALL")).stdout);
  assert.match(dryRun, /no permissions to run the 'flushall' command/);
});
