import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { itemsOf, type KubeObject } from "#backends/kube-objects.ts";
import { createKubectl } from "#backends/kubectl.ts";
import { formatObjects, parseObjects, retarget } from "#knative/manifests/render-manifests.ts";
import { quantileOf } from "#measure/quantiles.ts";
import { Caller, createToken, hostOf } from "../knative/fixtures/identities.ts";

// `node test/cluster/identity-cost.ts`: the cost of identities on the test cluster. Deploys currencyservice
// with the overlay of the test cluster, with an empty volume added to that, and with the overlay of
// identities, which has a volume with tokens. Calls them in turn through the cluster-local gateway, and prints
// the durations of cold and warm calls, and the differences from the first. The environment is that of
// `npm run test:knative`; KNATIVE_TAG is the tag of the images.

const name = "currencyservice";
const coldRounds = Number(process.env.COLD_ROUNDS ?? 20);
const warmRounds = Number(process.env.WARM_ROUNDS ?? 20);
const callsPerRound = 200;
const zeroBoundMs = 180_000;
const kubectl = createKubectl();
const registry = process.env.KNATIVE_REGISTRY ?? "registry.local:5000/shop";
const images = { [name]: `${registry}/${name}:${process.env.KNATIVE_TAG ?? "test"}` };

/** One of the deployments that are compared. */
interface Variant {
  readonly name: string;
  readonly namespace: string;
  readonly caller: Caller;
  readonly coldMs: number[];
  readonly warmMs: number[];
  readonly token?: string;
}

const overlays = { open: "overlay", volume: "overlay", auth: "auth" };

async function deploy(variant: keyof typeof overlays): Promise<Variant> {
  const namespace = `identity-cost-${variant}`;
  const folder = join(import.meta.dirname, overlays[variant]);
  const rendered = parseObjects(await kubectl.read(["kustomize", folder]));
  const objects = retarget(rendered, { namespace, images }).filter(
    ({ kind, apiVersion, metadata }) =>
      kind === "ServiceAccount" || (metadata.name === name && apiVersion?.startsWith("serving.")),
  );
  // A shorter window: each cold call waits for zero.
  for (const object of objects) setWindow(object, "6s");
  if (variant === "volume") for (const object of objects) addVolume(object);
  await kubectl.run(["create", "namespace", namespace]);
  const accounts = objects.filter(({ kind }) => kind === "ServiceAccount");
  for (const part of [accounts, objects]) {
    const input = formatObjects(part);
    await kubectl.read(["apply", "-n", namespace, "-f", "-"], { input });
  }
  const ready = ["wait", `ksvc/${name}`, "-n", namespace, "--for=condition=Ready"];
  await kubectl.read([...ready, "--timeout=180s"], { timeoutMs: 190_000 });
  const caller = new Caller(name, namespace);
  const deployed = { name: variant, namespace, caller, coldMs: [], warmMs: [] };
  if (variant !== "auth") return deployed;
  const token = await createToken("frontend", namespace, [hostOf(name, namespace)]);
  return { ...deployed, token };
}

interface Container {
  readonly volumeMounts?: unknown[];
}

function setWindow({ spec }: KubeObject, window: string): void {
  const template = spec?.template as { metadata?: { annotations?: Record<string, string> } };
  const annotations = template?.metadata?.annotations;
  if (annotations) annotations["autoscaling.knative.dev/window"] = window;
}

function addVolume({ spec }: KubeObject): void {
  const template = spec?.template as
    | { spec?: { volumes?: unknown[]; containers: Container[] } }
    | undefined;
  template?.spec?.volumes?.push({ name: "empty", emptyDir: {} });
  for (const { volumeMounts } of template?.spec?.containers ?? []) {
    volumeMounts?.push({ name: "empty", mountPath: "/empty" });
  }
}

async function timeCall({ caller, token }: Variant): Promise<number> {
  const startMs = performance.now();
  const answer = await caller.call(token);
  if (answer !== "OK") throw new Error(`the call was answered ${answer}`);
  return performance.now() - startMs;
}

/** Waits until a variant has no pod; a pod that terminates is removed at once. */
async function waitForZero({ namespace }: Variant): Promise<void> {
  const endMs = performance.now() + zeroBoundMs;
  for (;;) {
    const pods = itemsOf(await kubectl.readJson(["get", "pods", "-n", namespace]));
    if (pods.length === 0) return;
    const ending = pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
    if (ending.length > 0) {
      const names = ending.map(({ metadata }) => metadata.name);
      const options = ["--grace-period=0", "--force", "--wait=false", "--ignore-not-found"];
      await kubectl.run(["delete", "pod", "-n", namespace, ...names, ...options]);
    }
    if (performance.now() > endMs) throw new Error(`${namespace} does not scale to zero`);
    await delay(500);
  }
}

async function measureWarm(variant: Variant): Promise<void> {
  const samples: number[] = [];
  for (let n = 0; n < callsPerRound; n += 1) samples.push(await timeCall(variant));
  variant.warmMs.push(quantileOf(samples, 0.5));
}

function report(label: string, of: (variant: Variant) => number[], variants: readonly Variant[]) {
  const [open = []] = variants.map(of);
  for (const variant of variants) {
    const ms = of(variant);
    const differences = ms.map((each, index) => each - (open[index] ?? Number.NaN));
    const [p50, p90] = [0.5, 0.9].map((share) => quantileOf(ms, share).toFixed(2));
    const [low, median, high] = [0.25, 0.5, 0.75].map((share) =>
      quantileOf(differences, share).toFixed(2),
    );
    process.stdout.write(
      `${label}, ${variant.name} (n=${ms.length}): p50 ${p50} ms, p90 ${p90} ms; difference from open: median ${median} ms, quartiles ${low} to ${high} ms\n`,
    );
  }
}

const variants = await Promise.all((["open", "volume", "auth"] as const).map(deploy));
try {
  for (const variant of variants) await measureWarm({ ...variant, warmMs: [] });
  for (let round = 0; round < warmRounds; round += 1) {
    // In turn the first one, so that a drift of the machine affects both.
    const order = round % 2 === 0 ? variants : variants.toReversed();
    for (const variant of order) await measureWarm(variant);
  }
  report(`warm, median of ${callsPerRound} calls`, ({ warmMs }) => warmMs, variants);
  for (let round = 0; round < coldRounds; round += 1) {
    await Promise.all(variants.map(waitForZero));
    const order = round % 2 === 0 ? variants : variants.toReversed();
    for (const variant of order) variant.coldMs.push(await timeCall(variant));
  }
  report("cold", ({ coldMs }) => coldMs, variants);
} finally {
  for (const { caller, namespace } of variants) {
    caller.close();
    await kubectl.run(["delete", "namespace", namespace, "--wait=false"]);
  }
}
