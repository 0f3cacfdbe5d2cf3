import type { Kubectl } from "./kubectl.ts";
import { KubectlError, withoutWarnings } from "./kubectl.ts";
import {
  findCondition,
  itemsOf,
  type KubeObject,
  knativeServices,
  retryAnnotation,
} from "./objects.ts";
import { formatObjects, knativeServicesOf } from "./render-manifests.ts";

/** The annotation of a namespace that deploy created, so that undeploy may delete it. */
export const createdAnnotation = "hipstershop.dev/created-by";

/** Its value. */
export const createdBy = "shop-deploy";

const applyArgs = [
  "apply",
  "--server-side",
  "--field-manager=shop",
  "--force-conflicts",
  "-f",
  "-",
];

/**
 * Creates the namespace where it is missing, marked as ours, with what the manifests say about it.
 * One that is there is left as it is.
 */
export async function ensureNamespace(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<void> {
  const found = await kubectl.readJson(["get", "namespace", namespace, "--ignore-not-found"]);
  if (found !== undefined) return;
  const written = objects.find(({ kind }) => kind === "Namespace");
  const labels = written?.metadata.labels ?? {};
  const metadata = { name: namespace, labels, annotations: { [createdAnnotation]: createdBy } };
  const input = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata });
  await kubectl.read(["create", "-f", "-"], { input });
}

/**
 * Applies the objects on the server's side. Services that failed before get a new revision even if
 * nothing changed, because Knative does not look for an image again that was missing.
 *
 * Answers one sentence for each object that was refused.
 */
export async function applyManifests(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  { namespace, now }: { namespace: string; now: Date },
): Promise<string[]> {
  const present = itemsOf(await kubectl.readJson(["get", knativeServices, "-n", namespace]));
  const applied = objects
    .filter(({ kind }) => kind !== "Namespace")
    .map((object) => markRetry(object, present, now));
  const options = { input: formatObjects(applied), timeoutMs: 120_000 };
  const result = await kubectl.run([...applyArgs, "-n", namespace], options);
  if (result.exitCode === 0) return [];
  const refused = await findRefusedServices(kubectl, applied, namespace);
  if (refused.length > 0) return refused;
  const said = withoutWarnings(result.stderr).split("\n");
  return result.exitCode === -1
    ? ["kubectl apply did not end within 120 s: run the command again"]
    : said.map((line) => `The cluster refused the manifests: ${line}`);
}

/** Adds the retry annotation to a Knative Service that has failed, and keeps an earlier one. */
export function markRetry(
  object: KubeObject,
  present: readonly KubeObject[],
  now: Date,
): KubeObject {
  if (knativeServicesOf([object]).length === 0) return object;
  const before = present.find(({ metadata }) => metadata.name === object.metadata.name);
  if (before === undefined) return object;
  const hasFailed = findCondition(before, "Ready")?.status === "False";
  const retriedAt = hasFailed ? now.toISOString() : templateOf(before)?.[retryAnnotation];
  if (retriedAt === undefined) return object;
  const copy = structuredClone(object);
  const template = (copy.spec as { template: { metadata?: KubeObject["metadata"] } }).template;
  const annotations = { ...template.metadata?.annotations, [retryAnnotation]: retriedAt };
  template.metadata = { ...template.metadata, annotations } as KubeObject["metadata"];
  return copy;
}

function templateOf(service: KubeObject): Record<string, string> | undefined {
  const spec = service.spec as { template?: { metadata?: KubeObject["metadata"] } } | undefined;
  return spec?.template?.metadata?.annotations;
}

// An admission webhook's refusal does not always name the object, so each is asked about alone.
async function findRefusedServices(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<string[]> {
  const refused: string[] = [];
  for (const service of knativeServicesOf(objects)) {
    const args = [...applyArgs, "-n", namespace, "--dry-run=server"];
    const result = await kubectl.run(args, { input: formatObjects([service]) });
    if (result.exitCode === 0) continue;
    const { stderr } = new KubectlError(args, result);
    const why = stderr.replace(/^Error from server[^:]*: (error when [^:]*: )?/, "");
    refused.push(
      `${service.metadata.name} was refused: ${why.replace(/\s+/g, " ").trim()}. Change the manifest or the cluster's admission rule.`,
    );
  }
  return refused;
}
