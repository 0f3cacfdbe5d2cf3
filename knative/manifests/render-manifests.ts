import { parseAllDocuments, stringify } from "yaml";
import { type KubeObject, knativeServices } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";

/** The namespace and images of a deployment. */
export interface Target {
  /** The objects' new namespace. */
  readonly namespace: string;
  /** Image references by function; a function without an entry keeps the overlay's. */
  readonly images: Readonly<Record<string, string>>;
}

/** The namespace in the manifests. */
export const writtenNamespace = "shop";

/** Renders an overlay's folder by `kubectl kustomize`. Rejects with KubectlError. */
export async function renderOverlay(kubectl: Kubectl, folder: string): Promise<KubeObject[]> {
  return parseObjects(await kubectl.read(["kustomize", folder]));
}

/** The objects of a YAML stream. */
export function parseObjects(text: string): KubeObject[] {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as unknown);
  return documents.filter(
    (value): value is KubeObject => typeof value === "object" && value !== null,
  );
}

/**
 * Moves the objects and the addresses in them to the target's namespace, and sets the functions' images.
 * Kustomize's `namespace` does not change addresses, and its `images` does not match an image that an
 * overlay has renamed.
 */
export function retarget(objects: readonly KubeObject[], target: Target): KubeObject[] {
  return objects.map((object) => {
    const moved = mapStrings(object, (text) => moveAddress(text, target.namespace)) as KubeObject;
    moveNamespace(moved, target.namespace);
    for (const container of containersOf(moved)) {
      const image = target.images[functionOfImage(container.image) ?? ""];
      if (image !== undefined) container.image = image;
    }
    return moved;
  });
}

/** Whether an image is that of a function, as the manifests or an overlay name it. */
export function isFunctionImage(image: string): boolean {
  return functionOfImage(image) !== undefined;
}

/** The functions whose image is still the manifests' `shop/NAME`, which is in no registry. */
export function functionsWithoutImage(objects: readonly KubeObject[]): string[] {
  const images = objects.flatMap((object) => containersOf(object).map(({ image }) => image));
  const bare = images.filter((image) => image.startsWith("shop/")).map(functionOfImage);
  return [...new Set(bare.filter((name) => name !== undefined))].sort();
}

/** The Knative Services among the objects. */
export function knativeServicesOf(objects: readonly KubeObject[]): KubeObject[] {
  return objects.filter((object) => resourceOf(object) === knativeServices);
}

/** The object's resource with its API group, such as `deployments.apps`. */
export function resourceOf({ kind, apiVersion = "v1" }: KubeObject): string {
  const lower = kind.toLowerCase();
  const plural = lower.endsWith("y") ? `${lower.slice(0, -1)}ies` : `${lower}s`;
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : undefined;
  return group === undefined ? plural : `${plural}.${group}`;
}

/** The objects as a YAML stream for kubectl's standard input. */
export function formatObjects(objects: readonly KubeObject[]): string {
  // Without anchors, because kubectl's YAML parser limits their use.
  // As YAML 1.1, in which a text such as `yes` needs quotes.
  const options = { version: "1.1", aliasDuplicateObjects: false } as const;
  return objects.map((object) => stringify(object, options)).join("---\n");
}

function moveNamespace(object: KubeObject, namespace: string): void {
  if (object.kind === "Namespace") {
    if (object.metadata.name === writtenNamespace) object.metadata.name = namespace;
  } else if (object.metadata.namespace === writtenNamespace) {
    object.metadata.namespace = namespace;
  }
  const subjects = (object as { subjects?: { namespace?: string }[] }).subjects ?? [];
  for (const subject of subjects) {
    if (subject.namespace === writtenNamespace) subject.namespace = namespace;
  }
}

// A namespace is part of two kinds of address, a name in the cluster's DNS and a broker's path, and of the
// names of service accounts and brokers in tokens.
function moveAddress(text: string, namespace: string): string {
  return text
    .replaceAll(`.${writtenNamespace}.svc`, `.${namespace}.svc`)
    .replaceAll(`.svc.cluster.local/${writtenNamespace}/`, `.svc.cluster.local/${namespace}/`)
    .replaceAll(
      `eventing.knative.dev/broker/${writtenNamespace}/`,
      `eventing.knative.dev/broker/${namespace}/`,
    )
    .replaceAll(
      `system:serviceaccount:${writtenNamespace}:`,
      `system:serviceaccount:${namespace}:`,
    );
}

function functionOfImage(image: string): string | undefined {
  return /(?:^|\/)shop\/([a-z][a-z0-9-]*)(?:[:@]|$)/.exec(image)?.[1];
}

/** The containers and init containers of the object's pods; none for most kinds. */
export function containersOf(object: KubeObject): { image: string }[] {
  const spec = object.spec as (Template & { jobTemplate?: { spec?: Template } }) | undefined;
  const pod = (spec?.jobTemplate?.spec ?? spec)?.template?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}

interface Template {
  template?: { spec?: Record<"containers" | "initContainers", { image: string }[]> };
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((entry) => mapStrings(entry, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, mapStrings(entry, change)]),
  );
}
