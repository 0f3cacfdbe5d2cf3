import { spawn } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { createKubectl } from "#backends/kubectl.ts";
import { isFull } from "../faults/counts.ts";
import { type Figures, formatFigures, readFigures } from "../faults/figures.ts";
import {
  checkBefore,
  findLeftovers,
  type PlatformState,
  readPlatformState,
} from "./cluster-state.ts";
import { type RunSettings, readSettings, SettingsError } from "./settings.ts";

// `npm run test:knative`: deploys the shop to the cluster of KUBECONFIG, runs the tests against it,
// undeploys it, and checks that no object remains. settings.ts has the settings. Arguments are the names
// of test files to run; --keep uses a deployed shop and keeps it.

const root = join(import.meta.dirname, "..", "..");
const kubectl = createKubectl();

// The full table of faults has 30 cycles to zero, each of about a minute.
const boundMs = (isFull ? 150 : 45) * 60_000;
const fileBoundMs = (isFull ? 60 : 10) * 60_000;

// The tests in this folder, and the cluster tests beside their sources.
const files = globSync(["test/knative/*.test.ts", "**/*.cluster.test.ts"], {
  cwd: root,
  exclude: ["**/node_modules"],
}).sort();

/** Lines that are printed at the end. */
const figures: string[] = [];

/** What the tests of faults measured, which is printed at the end. */
const faults: Figures[] = [];

async function shop(args: readonly string[], signal?: AbortSignal): Promise<string> {
  const child = spawn(process.execPath, [join("cli", "shop.ts"), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    ...(signal && { signal }),
  });
  child.stdout.pipe(process.stdout, { end: false });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("exit", resolve).once("error", reject);
  });
  const [output, status] = await Promise.all([text(child.stdout), ended]);
  if (status === 0) return output;
  throw new Error(`shop ${args[0]} ended with exit code ${status}`);
}

async function deploy(settings: RunSettings, imagesFile: string, signal: AbortSignal) {
  const { namespace, overlay, registry, imageOptions } = settings;
  const startMs = performance.now();
  const built = ["--registry", registry, "--tag", "test", ...imageOptions];
  const sizes = await shop(["images", ...built, "--push", "--json", imagesFile], signal);
  const deployMs = performance.now();
  const target = ["--overlay", overlay, "--namespace", namespace, "--images", imagesFile];
  await shop(["deploy", ...target, "--configure-platform"], signal);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  figures.push(
    sizes.trimEnd(),
    `images built and pushed in ${seconds(deployMs - startMs)}`,
    `ready ${seconds(performance.now() - deployMs)} after the images were pushed`,
  );
}

async function testEnvironment(settings: RunSettings, imagesFile: string) {
  const { namespace, gateway, internalGateway, registry, overlay, imageOptions } = settings;
  const read = (kind: string, name: string, path: string) =>
    kubectl.read(["get", kind, name, "-n", namespace, "-o", `jsonpath={${path}}`]);
  const images = JSON.parse(readFileSync(imagesFile, "utf8"));
  return {
    KNATIVE_GATEWAY: gateway,
    KNATIVE_INTERNAL_GATEWAY: internalGateway,
    KNATIVE_NAMESPACE: namespace,
    KNATIVE_STOREFRONT: new URL(await read("ksvc", "frontend", ".status.url")).host,
    KNATIVE_REGISTRY: registry,
    KNATIVE_TAG: "test",
    KNATIVE_IMAGE_OPTIONS: imageOptions.join(" "),
    KNATIVE_OVERLAY: overlay,
    KNATIVE_WHOLE_IMAGE: images["hipster-shop"],
    TEST_KNATIVE: "1",
    JAEGER_URL: `http://${await read("svc", "jaeger", ".spec.clusterIP")}:16686`,
    PROMETHEUS_URL: `http://${await read("svc", "prometheus", ".spec.clusterIP")}:9090`,
  };
}

/** Returns whether all tests passed. The test processes inherit this process's environment. */
async function runTests(only: readonly string[], signal: AbortSignal): Promise<boolean> {
  const paths = files
    .filter((file) => only.length === 0 || only.includes(nameOf(file)))
    .map((file) => join(root, file));
  let isGreen = true;
  // One file after the other: they share the shop.
  const tests = run({ files: paths, cwd: root, concurrency: false, timeout: fileBoundMs, signal })
    .on("test:fail", () => {
      isGreen = false;
    })
    .on("test:diagnostic", ({ file, message }) => {
      if (file && nameOf(file) === "zero") figures.push(message);
      const read = readFigures(message);
      if (read) faults.push(read);
    });
  for await (const chunk of tests.compose(new spec())) process.stdout.write(chunk);
  return isGreen;
}

const nameOf = (file: string) => basename(file, ".test.ts");

async function deployAndTest(settings: RunSettings, signal: AbortSignal): Promise<boolean> {
  const scratch = await mkdtemp(join(tmpdir(), "shop-test-knative-"));
  try {
    const imagesFile = join(scratch, "images.json");
    await deploy(settings, imagesFile, signal);
    const env = await testEnvironment(settings, imagesFile);
    if (process.env.KNATIVE_ENV_FILE) {
      const lines = Object.entries(env).map((pair) => pair.join("="));
      writeFileSync(process.env.KNATIVE_ENV_FILE, lines.join("\n"));
    }
    Object.assign(process.env, env);
    return await runTests(settings.only, signal);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function main(): Promise<boolean> {
  const settings = await readSettings(process.env, process.argv.slice(2), kubectl);
  const unknown = settings.only.filter((name) => !files.map(nameOf).includes(name));
  if (unknown.length > 0) throw new SettingsError(`no test file is named ${unknown.join(", ")}`);
  await checkBefore(kubectl, settings);
  const before = await readPlatformState(kubectl);
  // The deployed shop is removed after a failure or Ctrl-C, too.
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => interrupt.abort());
  const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(boundMs)]);
  const isGreen = await deployAndTest(settings, signal).catch(printFailure);
  if (faults.length > 0) figures.push(formatFigures(faults));
  for (const figure of figures) process.stdout.write(`${figure}\n`);
  if (interrupt.signal.aborted) process.stderr.write("interrupted\n");
  else if (signal.aborted) process.stderr.write(`stopped after ${boundMs / 60_000} minutes\n`);
  if (!settings.keep) await undeployAll(settings.namespace, before);
  return isGreen;
}

async function undeployAll(namespace: string, before: PlatformState): Promise<void> {
  await shop(["undeploy", "--namespace", namespace]);
  const left = await findLeftovers(kubectl, namespace, before);
  if (left.length > 0) throw new Error(`undeploy did not remove ${left.join(", ")}`);
  process.stdout.write("undeploy removed everything\n");
}

function printFailure(error: unknown): false {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  return false;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  printFailure(error);
  process.exitCode = error instanceof SettingsError ? 2 : 1;
}
