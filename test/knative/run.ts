import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKubectl } from "#knative/deploy/kubectl.ts";

// `npm run test:knative`: deploys the shop to the cluster of KUBECONFIG from nothing, runs the tests in
// this folder against it, takes it away, and looks that nothing is left. On a cluster other than the
// testbed: KNATIVE_GATEWAY and KNATIVE_INTERNAL_GATEWAY (host:port), KNATIVE_REGISTRY, KNATIVE_OVERLAY.

const namespace = "shop";
const root = join(import.meta.dirname, "..", "..");
const cli = join(root, "cli", "shop.ts");
const kubectl = createKubectl();

// One after the other, since they share the shop. What needs it at zero comes first and last.
const files = [
  "purchase",
  "manifests",
  "contract",
  "browser",
  "events",
  "carts",
  "deploy",
  "release",
  "kn",
  "func",
  "whole",
  "zero",
  "scrape",
  "load",
];

// Beside their sources, and skipped where there is no cluster or no builder of images.
const clusterTests = [
  "knative/deploy/cluster.test.ts",
  "knative/images/containerfile.test.ts",
  "knative/whole/whole.test.ts",
  "test/exporters.test.ts",
];

function readSettings(env: NodeJS.ProcessEnv) {
  const bare = (url = "") => url.replace(/^http:\/\//, "").replace(/^([^:]+)$/, "$1:80");
  const registry = env.KNATIVE_REGISTRY ?? "registry.local:5000/shop";
  const settings = {
    gateway: env.KNATIVE_GATEWAY ?? bare(env.TESTBED_GATEWAY),
    internalGateway: env.KNATIVE_INTERNAL_GATEWAY ?? bare(env.TESTBED_GATEWAY_INTERNAL),
    overlay: env.KNATIVE_OVERLAY ?? "testbed",
    registry,
    nodeImage: env.KNATIVE_NODE_IMAGE ?? "registry.local:5000/node:24-slim",
    only: process.argv.slice(2).filter((argument) => !argument.startsWith("--")),
    keep: process.argv.includes("--keep"),
  };
  if (settings.gateway === "" || settings.internalGateway === "") {
    throw new Error(
      "set KNATIVE_GATEWAY and KNATIVE_INTERNAL_GATEWAY to host:port of both gateways",
    );
  }
  return settings;
}

type Settings = ReturnType<typeof readSettings>;

function shop(...args: string[]): void {
  const { status } = spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`shop ${args[0]} ended with exit code ${status}`);
}

async function deploy(settings: Settings, imagesFile: string): Promise<void> {
  const { overlay, registry, nodeImage } = settings;
  const startMs = performance.now();
  const built = ["--registry", registry, "--tag", "test", "--node-image", nodeImage];
  shop("images", ...built, "--insecure", "--push", "--json", imagesFile);
  const deployMs = performance.now();
  shop("deploy", "--overlay", overlay, "--namespace", namespace, "--images", imagesFile);
  const endMs = performance.now();
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  figures.push(`images built and pushed in ${seconds(deployMs - startMs)}`);
  figures.push(`ready ${seconds(endMs - deployMs)} after the images were there`);
}

const figures: string[] = [];

function addressOf(service: string): string {
  const args = ["get", "svc", service, "-n", namespace, "-o", "jsonpath={.spec.clusterIP}"];
  return execFileSync("kubectl", args, { encoding: "utf8" });
}

async function testEnvironment(settings: Settings, imagesFile: string) {
  const url = execFileSync(
    "kubectl",
    ["get", "ksvc", "frontend", "-n", namespace, "-o", "jsonpath={.status.url}"],
    { encoding: "utf8" },
  );
  const images = JSON.parse(readFileSync(imagesFile, "utf8"));
  return {
    ...process.env,
    KNATIVE_GATEWAY: settings.gateway,
    KNATIVE_INTERNAL_GATEWAY: settings.internalGateway,
    KNATIVE_NAMESPACE: namespace,
    KNATIVE_STOREFRONT: new URL(url).host,
    KNATIVE_REGISTRY: settings.registry,
    KNATIVE_TAG: "test",
    KNATIVE_WHOLE_IMAGE: images["hipster-shop"],
    TEST_KNATIVE: "1",
    JAEGER_URL: `http://${addressOf("jaeger")}:16686`,
    PROMETHEUS_URL: `http://${addressOf("prometheus")}:9090`,
  };
}

function runTests(files: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const paths = files.map((file) => join(import.meta.dirname, `${file}.test.ts`));
  const elsewhere = files.includes("deploy") ? clusterTests.map((file) => join(root, file)) : [];
  const args = ["--test", "--test-concurrency=1", "--test-timeout=600000", ...elsewhere, ...paths];
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

async function checkNothingLeft(): Promise<void> {
  const args = ["get", "namespace", namespace, "--ignore-not-found", "-o", "name"];
  const left = (await kubectl.read(args)).trim();
  // What the shop puts outside of its namespace carries that namespace's name.
  const selector = `hipstershop.dev/namespace=${namespace}`;
  const kinds = "roles,rolebindings";
  const elsewhere = await kubectl.read(["get", kinds, "-A", "-l", selector, "-o", "name"]);
  if (left !== "" || elsewhere.trim() !== "") {
    throw new Error(`undeploy left ${left} ${elsewhere}`);
  }
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const scratch = await mkdtemp(join(tmpdir(), "shop-test-knative-"));
  const imagesFile = join(scratch, "images.json");
  let code = 1;
  try {
    await deploy(settings, imagesFile);
    const env = await testEnvironment(settings, imagesFile);
    if (process.env.KNATIVE_ENV_FILE) {
      const lines = Object.entries(env).filter(([name]) => /^(KNATIVE|JAEGER|PROM)/.test(name));
      writeFileSync(process.env.KNATIVE_ENV_FILE, lines.map((pair) => pair.join("=")).join("\n"));
    }
    code = await runTests(settings.only.length > 0 ? settings.only : files, env);
    for (const figure of figures) process.stdout.write(`${figure}\n`);
  } finally {
    if (!settings.keep) {
      shop("undeploy", "--namespace", namespace);
      await checkNothingLeft();
      process.stdout.write("undeploy left nothing\n");
    }
    await rm(scratch, { recursive: true, force: true });
  }
  process.exitCode = code;
}

// Ctrl-C ends the running program; what was deployed is then taken away as after a failure.
process.on("SIGINT", () => undefined);
await main();
