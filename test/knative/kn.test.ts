import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { parse } from "yaml";
import { CurrencyServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { cluster, kubectl, skip } from "./cluster.ts";

const root = join(import.meta.dirname, "..", "..");
const namespace = "shop-kn-test";

function recipe(...args: string[]): string {
  const all = ["cli/shop.ts", "kn", "--overlay", "testbed", "--namespace", namespace, ...args];
  return execFileSync(process.execPath, all, { cwd: root, encoding: "utf8" });
}

function readServices(folder: string): Map<string, Record<string, unknown>> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const yaml = files.filter((file) => file.endsWith(".yaml"));
  const objects = yaml.map((file) => parse(readFileSync(join(folder, file), "utf8")));
  return new Map(objects.map((object) => [object.metadata.name, object]));
}

interface Container {
  name?: string;
  env?: { name: string }[];
  readinessProbe?: { grpc?: object; successThreshold?: number };
  securityContext?: { readOnlyRootFilesystem?: boolean };
  volumeMounts?: { name: string; mountPath: string }[];
}

// What kn cannot say, what it says by another name of a volume, and what is in no particular order.
function normalize(service: Record<string, unknown>): unknown {
  const { metadata, spec } = structuredClone(service) as {
    metadata: { name: string; labels: Record<string, string> };
    spec: {
      template: {
        metadata: { labels: object; annotations: Record<string, string> };
        spec: Record<string, unknown> & { containers: [Container]; volumes?: { name: string }[] };
      };
    };
  };
  const { labels, annotations } = spec.template.metadata;
  const [container] = spec.template.spec.containers;
  const { readinessProbe, securityContext, volumeMounts = [], env = [], ...rest } = container;
  delete rest.name;
  if (securityContext) delete securityContext.readOnlyRootFilesystem;
  const kept = Object.entries(annotations).filter(
    ([key]) => !key.startsWith("client.knative.dev/"),
  );
  return {
    name: metadata.name,
    visibility: metadata.labels["networking.knative.dev/visibility"],
    labels,
    annotations: Object.fromEntries(kept.sort()),
    timeoutSeconds: spec.template.spec.timeoutSeconds,
    mounts: volumeMounts.map(({ mountPath }) => mountPath),
    env: env.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    probe: readinessProbe?.grpc ? undefined : readinessProbe && Object.keys(readinessProbe)[0],
    securityContext,
    ...rest,
  };
}

test("kn's Services are those of the manifests, but for what kn cannot say", { skip }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "kn-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const script = recipe().replaceAll(/^(kn service create .*) \\$/gm, `$1 --target ${folder} \\`);
  execFileSync("sh", ["-e"], { input: script, stdio: ["pipe", "ignore", "pipe"] });
  const made = readServices(folder);
  const overlay = join(root, "knative", "overlays", "testbed");
  const text = execFileSync("kubectl", ["kustomize", overlay], { encoding: "utf8" });
  const written = text
    .split(/^---\n/m)
    .map((part) => parse(part))
    .filter(({ apiVersion }) => apiVersion === "serving.knative.dev/v1");
  assert.equal(made.size, 11);
  for (const service of written) {
    const moved = JSON.parse(JSON.stringify(service).replaceAll(".shop.svc", `.${namespace}.svc`));
    const expected = JSON.parse(
      JSON.stringify(normalize(moved)).replaceAll("local/shop/", `local/${namespace}/`),
    );
    const { name } = service.metadata;
    // kn writes a quantity in its shortest form.
    const actual = JSON.parse(
      JSON.stringify(normalize(made.get(name) ?? {})).replaceAll('"cpu":"1"', '"cpu":"1000m"'),
    );
    assert.deepEqual(actual, expected, name);
  }
});

async function createNamespace(t: TestContext): Promise<void> {
  await kubectl.read(["create", "namespace", namespace]);
  t.after(() => kubectl.run(["delete", "namespace", namespace, "--wait=false"]));
}

test("one function made by kn alone answers gRPC", { skip }, async (t) => {
  await createNamespace(t);
  execFileSync("sh", ["-e"], {
    input: recipe("currencyservice"),
    stdio: ["pipe", "ignore", "pipe"],
  });
  const authority = `currencyservice.${namespace}.svc.cluster.local`;
  const client = createClient(CurrencyServiceDefinition, cluster.internalGateway, { authority });
  t.after(() => client.close());
  const { currencyCodes } = await client.getSupportedCurrencies({}, { timeoutMs: 60_000 });
  assert.ok(currencyCodes.includes("EUR"));
});
