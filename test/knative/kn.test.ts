import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import type { KubeObject } from "#backends/kube-objects.ts";
import { overlayFolderOf } from "#knative/deploy/options.ts";
import { knativeServicesOf, renderOverlay, retarget } from "#knative/manifests/render-manifests.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { CurrencyServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { serviceNames } from "../fixtures/call-graph.ts";
import { cluster, GatewayVisitor, kubectl, skip } from "./fixtures/cluster.ts";
import { abandonNamespace, removeNamespace } from "./fixtures/namespace.ts";
import { testOverlay } from "./settings.ts";

const root = join(import.meta.dirname, "..", "..");
const namespace = `${cluster.namespace}-kn`;
const overlay = process.env.KNATIVE_OVERLAY ?? testOverlay;
const registry = process.env.KNATIVE_REGISTRY ?? "registry.local:5000/shop";
const tag = process.env.KNATIVE_TAG ?? "dev";

function recipe(...args: string[]): string {
  const target = ["--overlay", overlay, "--namespace", namespace];
  const all = ["cli/shop.ts", "kn", ...target, "--registry", registry, "--tag", tag, ...args];
  return execFileSync(process.execPath, all, { cwd: root, encoding: "utf8" });
}

function runScript(script: string): void {
  execFileSync("sh", ["-ec", script], { stdio: ["ignore", "ignore", "inherit"] });
}

function readServices(folder: string): Map<string, KubeObject> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const yaml = files.filter((file) => file.endsWith(".yaml"));
  const objects: KubeObject[] = yaml.map((file) => parse(readFileSync(join(folder, file), "utf8")));
  return new Map(objects.map((object) => [object.metadata.name, object]));
}

interface Container {
  name?: string;
  env?: { name: string; valueFrom?: { secretKeyRef?: { optional?: boolean } } }[];
  readinessProbe?: { grpc?: object; httpGet?: { path: string; port: number } };
  securityContext?: { readOnlyRootFilesystem?: boolean };
  volumeMounts?: { name: string; mountPath: string }[];
  resources: { requests: object; limits: { cpu: string; memory: string } };
}

interface Template {
  metadata: { labels: object; annotations: Record<string, string> };
  spec: {
    timeoutSeconds: number;
    containerConcurrency?: number;
    containers: [Container];
    volumes?: { emptyDir: object }[];
  };
}

// Without fields that kn cannot set, and without the volumes' names; annotations and variables are sorted.
function normalize(service: KubeObject | undefined): unknown {
  assert.ok(service);
  const { metadata, spec } = structuredClone(service) as KubeObject & {
    spec: { template: Template };
  };
  const { labels, annotations } = spec.template.metadata;
  const { timeoutSeconds, containerConcurrency = 0, containers, volumes = [] } = spec.template.spec;
  const {
    name: _,
    readinessProbe,
    securityContext,
    volumeMounts = [],
    env = [],
    resources,
    ...rest
  } = containers[0];
  delete securityContext?.readOnlyRootFilesystem;
  const httpGet = readinessProbe?.httpGet;
  const kept = Object.entries(annotations).filter(
    ([key]) => !key.startsWith("client.knative.dev/"),
  );
  return {
    name: metadata.name,
    serviceLabels: metadata.labels,
    labels,
    annotations: Object.fromEntries(kept.sort()),
    timeoutSeconds,
    containerConcurrency,
    mounts: volumeMounts.map(({ mountPath }) => mountPath),
    volumes: volumes.map(({ emptyDir }) => emptyDir),
    env: env
      .filter(({ valueFrom }) => !valueFrom?.secretKeyRef?.optional)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    probe: httpGet ? `${httpGet.port}${httpGet.path}` : "Knative's own",
    securityContext,
    ...rest,
    resources: {
      ...resources,
      limits: { ...resources.limits, cpu: inMillis(resources.limits.cpu) },
    },
  };
}

test("kn's Services equal those of the manifests, except for fields that kn cannot set", {
  skip,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "kn-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [services] = recipe().split(/^(?=kn trigger )/m);
  runScript(
    (services ?? "").replaceAll(/^(kn service create .*) \\$/gm, `$1 --target ${folder} \\`),
  );
  const made = readServices(folder);
  const images = Object.fromEntries(
    listFunctions().map((name) => [name, `${registry}/${name}:${tag}`]),
  );
  const rendered = await renderOverlay(kubectl, overlayFolderOf(overlay));
  const written = knativeServicesOf(retarget(rendered, { namespace, images }));
  assert.equal(written.length, serviceNames.length);
  assert.equal(made.size, serviceNames.length);
  for (const service of written) {
    const { name } = service.metadata;
    assert.deepEqual(normalize(made.get(name)), normalize(service), name);
  }
});

// kn writes a quantity in its shortest form.
function inMillis(cpu: string): string {
  return cpu.endsWith("m") ? cpu : `${Number(cpu) * 1000}m`;
}

describe("the shop that kn creates", { skip }, () => {
  before(async () => {
    await removeNamespace(namespace);
    await kubectl.read(["create", "namespace", namespace]);
  });

  after(() => abandonNamespace(namespace));

  test("serves gRPC, also after the command is repeated", async (t) => {
    runScript(recipe("currencyservice"));
    runScript(recipe("currencyservice", "--apply"));
    const authority = `currencyservice.${namespace}.svc.cluster.local`;
    const client = createClient(CurrencyServiceDefinition, cluster.internalGateway, { authority });
    t.after(() => client.close());
    const { currencyCodes } = await client.getSupportedCurrencies({}, { timeoutMs: 60_000 });
    assert.ok(currencyCodes.includes("EUR"));
  });

  test("shows the storefront", async () => {
    runScript(recipe("frontend", "--apply"));
    const host = cluster.storefront.replace(`.${cluster.namespace}.`, `.${namespace}.`);
    assert.equal((await new GatewayVisitor(host).get("/robots.txt")).status, 200);
  });

  test("receives events by a Trigger, also after the command is repeated", async () => {
    const script = recipe("emailservice-events", "--apply");
    const [service = "", ...triggers] = script.split(/^(?=kn trigger )/m);
    // Redis is missing here, and its instances wait for it.
    runScript(service.replace("apply emailservice-events", "$& --no-wait"));
    for (const trigger of [...triggers, ...triggers]) runScript(trigger);
    const { spec } = (await kubectl.readJson([
      "get",
      "trigger",
      "emailservice-0",
      "-n",
      namespace,
    ])) as KubeObject;
    const { filter, subscriber } = spec as unknown as TriggerSpec;
    assert.equal(filter.attributes.type, "com.hipstershop.order.placed.v1");
    assert.equal(subscriber.ref.name, "emailservice-events");
  });
});

interface TriggerSpec {
  filter: { attributes: Record<string, string> };
  subscriber: { ref: { name: string } };
}
