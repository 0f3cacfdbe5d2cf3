import type { KubeObject } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";

/** The annotation of a namespace that deploy created, which undeploy therefore deletes. */
export const createdAnnotation = "hipstershop.dev/created-by";

/** The value of `createdAnnotation`. */
export const createdBy = "shop-deploy";

/** The result of `ensureNamespace`. */
export interface EnsuredNamespace {
  /** Whether deploy created the namespace. */
  readonly isNew: boolean;
  /** Lines for the user about labels. */
  readonly notes: readonly string[];
}

/**
 * Creates the namespace if it is missing, with the manifest's labels and `createdAnnotation`. A namespace
 * that deploy created before gets the labels that it lacks. Other namespaces belong to their users and are
 * not changed: a note has the command. Rejects with KubectlError.
 */
export async function ensureNamespace(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<EnsuredNamespace> {
  const written = objects.find(({ kind }) => kind === "Namespace");
  const labels = written?.metadata.labels ?? {};
  const found = await kubectl.readJson(["get", "namespace", namespace, "--ignore-not-found"]);
  if (found === undefined) {
    const metadata = { name: namespace, labels, annotations: { [createdAnnotation]: createdBy } };
    const input = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata });
    await kubectl.read(["create", "-f", "-"], { input });
    return { isNew: true, notes: [] };
  }
  const missing = findMissingLabels(labels, found as KubeObject);
  if (missing.length === 0) return { isNew: false, notes: [] };
  const command = ["label", "namespace", namespace, "--overwrite", ...missing];
  if ((found as KubeObject).metadata.annotations?.[createdAnnotation] === createdBy) {
    const { exitCode } = await kubectl.run(command);
    if (exitCode === 0)
      return { isNew: false, notes: [`namespace ${namespace} labelled: ${missing.join(" ")}`] };
  }
  return {
    isNew: false,
    notes: [
      `namespace ${namespace} does not enforce the restricted Pod Security Standard: kubectl ${command.join(" ")}`,
    ],
  };
}

/** The manifest's labels for pod security that a namespace does not have, as `KEY=VALUE`. */
export function findMissingLabels(
  labels: Readonly<Record<string, string>>,
  { metadata }: KubeObject,
): string[] {
  return Object.entries(labels)
    .filter(([key]) => key.startsWith("pod-security.kubernetes.io/"))
    .filter(([key, value]) => metadata.labels?.[key] !== value)
    .map(([key, value]) => `${key}=${value}`);
}
