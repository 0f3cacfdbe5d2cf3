import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { itemsOf, type KubeObject } from "#backends/kube-objects.ts";
import type { RunOptions } from "#backends/kubectl.ts";
import { checkManifests } from "#knative/deploy/apply-manifests.ts";
import { overlayFolderOf } from "#knative/deploy/options.ts";
import { isPartOf } from "#knative/manifests/optional-parts.ts";
import { renderOverlay, retarget } from "#knative/manifests/render-manifests.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { readPlatformState } from "./cluster-state.ts";
import { kubectl, skip } from "./fixtures/cluster.ts";
import { createTestNamespace } from "./fixtures/namespace.ts";
import { runShop } from "./fixtures/run-shop.ts";
import { testOverlay } from "./settings.ts";

const overlay = process.env.KNATIVE_OVERLAY ?? testOverlay;
const registry = process.env.KNATIVE_REGISTRY ?? "";
const tag = process.env.KNATIVE_TAG ?? "";

const deploy = (namespace: string, args: readonly string[], env?: NodeJS.ProcessEnv) =>
  runShop(["deploy", "--overlay", overlay, "--namespace", namespace, ...args], env);

test("deploy without permissions lists each missing one on a line and changes nothing", {
  skip,
}, async (t) => {
  const namespace = await createTestNamespace(t);
  const env = await actAs(t, namespace, "nobody");
  const { status, stderr } = deploy(namespace, [], env);
  assert.equal(status, 2);
  const lines = stderr.trim().split("\n");
  const wanted = /^(shop: )?you may not [a-z ]+ [a-z.0-9]+ in namespace shop-deploy-/;
  assert.deepEqual(
    lines.filter((line) => !wanted.test(line)),
    [],
  );
  assert.ok(lines.some((line) => line.includes(" services.serving.knative.dev ")));
});

test("a user with the role edit deploys into an existing namespace, without Prometheus", {
  skip,
}, async (t) => {
  const namespace = await createTestNamespace(t);
  const user = `${namespace}:developer`;
  const bind = ["create", "rolebinding", "developer", "-n", namespace, "--clusterrole=edit"];
  await kubectl.read([...bind, `--serviceaccount=${user}`]);
  const env = await actAs(t, namespace, "developer");

  const refused = deploy(namespace, ["--backing"], env);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /roles\.rbac\S+ in namespace \S+: .*--without prometheus/);
  const platform = deploy(
    namespace,
    ["--backing", "--without", "prometheus", "--configure-platform"],
    env,
  );
  assert.equal(platform.status, 2);
  assert.match(platform.stderr, /in namespace knative-serving: leave out --configure-platform/);

  const { status, stderr } = deploy(namespace, ["--backing", "--without", "prometheus"], env);
  assert.equal(status, 0, stderr);
  // The API server checks the permissions of a dry run as those of a change.
  const rendered = await renderOverlay(kubectl, overlayFolderOf(overlay));
  const functions = listFunctions();
  const images = Object.fromEntries(
    functions.map((name) => [name, `${registry}/${name}:${tag}`] as const),
  );
  const objects = retarget(rendered, { namespace, images });
  const asDeveloper = {
    ...kubectl,
    run: (args: readonly string[], options?: RunOptions) =>
      kubectl.run([`--as=system:serviceaccount:${user}`, ...args], options),
  };
  const kept = objects.filter((object) => !isPartOf(object, "prometheus"));
  const checked = await checkManifests(asDeveloper, kept, { namespace, now: new Date() });
  assert.deepEqual(checked.refused, []);
  const all = await checkManifests(asDeveloper, objects, { namespace, now: new Date() });
  assert.match(all.refused.join("\n"), /roles\.rbac.* is forbidden/);
});

test("a deploy changes nothing outside of its namespace, and keeps its passwords", {
  skip,
}, async (t) => {
  const namespace = await createTestNamespace(t);
  const before = await readOutside(namespace);
  const first = deploy(namespace, ["--backing"]);
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /--configure-platform would also change:\n {2}knative-serving: /);
  assert.match(first.stdout, /^Secret redis created, with a random password$/m);
  const password = await readPassword(namespace);
  assert.match(password, /^[\w-]{32}$/);
  assert.ok(!(first.stdout + first.stderr).includes(password));

  const changed = { stringData: { password: "of-its-owner" } };
  const patch = ["patch", "secret", "redis", "-n", namespace, "-p", JSON.stringify(changed)];
  await kubectl.read(patch);
  const second = deploy(namespace, ["--backing"]);
  assert.equal(second.status, 0, second.stderr);
  assert.equal(await readPassword(namespace), "of-its-owner");
  assert.deepEqual(await readOutside(namespace), before);
});

test("a deploy of images that are missing names the command that builds them, and applies nothing", {
  skip,
}, async () => {
  const namespace = "shop-deploy-missing";
  const images = ["--registry", registry, "--tag", "no-such-tag", "--no-build"];
  const { status, stderr } = deploy(namespace, images);
  assert.equal(status, 2);
  assert.match(stderr, /has no images with tag no-such-tag of adservice, .*shippingservice;/);
  assert.match(
    stderr,
    /^ {2}npm run images -- --registry \S+ --tag no-such-tag --push .*adservice/m,
  );
  const found = ["get", "namespace", namespace, "--ignore-not-found", "-o", "name"];
  assert.equal(await kubectl.read(found), "");
});

async function readPassword(namespace: string): Promise<string> {
  const secret = await kubectl.readJson(["get", "secret", "redis", "-n", namespace]);
  const { data } = secret as { data: { password: string } };
  return Buffer.from(data.password, "base64").toString();
}

// Knative's settings, the generations of its Deployments, and the objects whose label has the namespace's
// name.
async function readOutside(namespace: string): Promise<unknown> {
  const deployments = await kubectl.readJson(["get", "deployments", "-n", "knative-serving"]);
  const selector = `hipstershop.dev/namespace=${namespace}`;
  const marked = await kubectl.readJson(["get", "roles,rolebindings", "-A", "-l", selector]);
  return {
    config: await readPlatformState(kubectl),
    generations: itemsOf(deployments).map(({ metadata }) => [metadata.name, metadata.generation]),
    marked: itemsOf(marked).map(({ metadata }: KubeObject) => metadata.name),
  };
}

// The environment of a user with the permissions of a service account of the namespace.
async function actAs(
  t: { after(clean: () => unknown): void },
  namespace: string,
  name: string,
): Promise<NodeJS.ProcessEnv> {
  await kubectl.read(["create", "serviceaccount", name, "-n", namespace]);
  const view = ["config", "view", "--raw", "--minify", "--flatten"];
  const config = (await kubectl.readJson(view)) as { users: { user: object }[] };
  for (const each of config.users) {
    each.user = { ...each.user, as: `system:serviceaccount:${namespace}:${name}` };
  }
  const folder = mkdtempSync(join(tmpdir(), "shop-kubeconfig-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "config");
  writeFileSync(path, JSON.stringify(config));
  return { KUBECONFIG: path };
}
