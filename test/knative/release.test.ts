import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { cluster, GatewayVisitor, kubectl, skip } from "./fixtures/cluster.ts";
import { testOverlay } from "./settings.ts";

const { namespace, storefront } = cluster;
const root = join(import.meta.dirname, "..", "..");
const { KNATIVE_REGISTRY: registry = "", KNATIVE_TAG: tag = "" } = process.env;
const { KNATIVE_OVERLAY: overlay = testOverlay } = process.env;

function shop(...args: string[]) {
  const all = ["cli/shop.ts", ...args, "--namespace", namespace];
  const options = { cwd: root, encoding: "utf8", timeout: 240_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, all, options);
  return { status, stdout, stderr };
}

function release(...args: string[]): string {
  const { status, stdout, stderr } = shop("release", "frontend", ...args);
  assert.equal(status, 0, stderr);
  return stdout;
}

async function showsBanner(host: string = storefront): Promise<boolean> {
  const { status, body } = await new GatewayVisitor(host).get("/");
  assert.equal(status, 200);
  return body.includes("The new storefront");
}

test("a release gets its share of requests, is promoted and rolled back", { skip }, async () => {
  assert.match(
    release("--env", "FRONTEND_MESSAGE=The new storefront", "--tag", "blue", "--percent", "25"),
    /frontend-\d+ +stable +75 % +yes.*\nfrontend-\d+ +blue +25 % +yes/,
  );
  assert.equal(await showsBanner(`blue-${storefront}`), true);
  assert.equal(await showsBanner(`stable-${storefront}`), false);
  let shown = 0;
  for (let i = 0; i < 200; i += 1) shown += Number(await showsBanner());
  // With 200 requests at 25 %, the count is between 21 and 82 in all but one run in a million.
  assert.ok(shown >= 21 && shown <= 82, `${shown} of 200 requests reached the new revision`);

  release("--promote");
  assert.equal(await showsBanner(), true);
  const back = release("--rollback");
  assert.match(back, /stable +100 %.*\n.*candidate +0 %/);
  assert.equal(await showsBanner(), false);
  const again = shop("release", "frontend", "--rollback");
  assert.equal(again.status, 2);
  assert.match(again.stderr, /^shop: nothing to roll back: no candidate of frontend/);
  assert.equal(release("--show"), back);
});

test("a release that does not become ready reports the reason, and the current revision keeps all requests", {
  skip,
}, async () => {
  const before = release("--show");
  const image = `${registry}/frontend:there-is-none`;
  const { status, stdout, stderr } = shop("release", "frontend", "--image", image);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^shop: frontend is not ready \(frontend-\d+, ContainerMissing\): .*there-is-none/m,
  );
  assert.equal(stdout, before);
  assert.equal(await showsBanner(), false);
});

test("a release whose container exits at once fails long before the timeout", {
  skip,
}, async () => {
  const before = release("--show");
  const startMs = performance.now();
  const { status, stdout, stderr } = shop(
    ...["release", "frontend", "--env", "OTEL_TRACES_EXPORTER=nonsense"],
  );
  // Of 180 s; the rollback is within this time, too.
  assert.ok(performance.now() - startMs < 90_000, stderr);
  assert.equal(status, 1);
  const said =
    /^shop: frontend is not ready \((frontend-\d+), ExitCode2\): .*OTEL_TRACES_EXPORTER/m;
  const [, failed = ""] = said.exec(stderr) ?? [];
  assert.notEqual(failed, "", stderr);
  assert.match(stderr, /^frontend +waiting/m);
  assert.equal(stdout, before);
  // Its container is not restarted repeatedly.
  const revisions = await kubectl.read(["get", "revisions", "-n", namespace, "-o", "name"]);
  assert.ok(!revisions.includes(failed), revisions);
});

test("status shows the revisions that serve, with their shares", { skip }, () => {
  const split = ["--env", "FRONTEND_MESSAGE=Another storefront", "--tag", "green"];
  release(...split, "--percent", "10");
  const { stdout } = shop("status");
  assert.match(
    stdout,
    /^frontend +yes +frontend-\d+ +stable +90 % .*\n +yes +frontend-\d+ +green +10 % +\d+$/m,
  );
});

test("a deploy ends a release: the new revision gets all requests", { skip }, async () => {
  const images = ["--no-build", "--registry", registry, "--tag", tag];
  const { status, stderr } = shop("deploy", "--overlay", overlay, ...images);
  assert.equal(status, 0, stderr);
  assert.match(release("--show"), /^.*\nfrontend-\d+ +- +100 % +yes +-\n$/);
  const env = "jsonpath={.spec.template.spec.containers[0].env}";
  assert.doesNotMatch(
    await kubectl.read(["get", "ksvc", "frontend", "-n", namespace, "-o", env]),
    /FRONTEND_MESSAGE/,
  );
  assert.equal(await showsBanner(), false);
});
