import { type KubeObject, knativeServices } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { checkCluster, readContext } from "../checks/check-cluster.ts";
import { checkImages, type ImageCheck, imagesOf } from "../checks/check-images.ts";
import { isPartOf } from "../manifests/optional-parts.ts";
import { pinImages } from "../manifests/pin-images.ts";
import {
  functionsWithoutImage,
  isFunctionImage,
  renderOverlay,
  resourceOf,
  retarget,
} from "../manifests/render-manifests.ts";
import { planPlatformConfig } from "../platform-config/platform-config.ts";
import { platformNeeds } from "../platform-config/platform-objects.ts";
import { describeSkipped, type PlatformPlan } from "../platform-config/platform-plan.ts";
import { createRegistry } from "../registry/registry.ts";
import { chooseEventVariant, describeRefusedEvents } from "./event-variant.ts";
import { checkSecrets, findGeneratedSecrets, findPlaceholders } from "./generated-secrets.ts";
import type { DeployOptions } from "./options.ts";

/** The result of the checks before a deploy. */
export interface Prepared {
  /** The objects to apply, with the images of the options or else the overlay's. */
  readonly rendered: KubeObject[];
  /** The changes outside of the namespace. */
  readonly plan: PlatformPlan;
}

/**
 * Renders the objects, and checks the cluster, the user's rights, Secrets and images before an image is
 * built or an object applied. Rejects with KubectlError.
 *
 * @param writeLine receives lines for the user
 * @throws ConfigError with a line for each missing requirement
 */
export async function prepare(
  kubectl: Kubectl,
  options: DeployOptions,
  writeLine: (line: string) => void,
): Promise<Prepared> {
  const { namespace, backing, configurePlatform, without } = options;
  const variant = await chooseEventVariant(kubectl, options);
  const all = retarget(await renderOverlay(kubectl, variant.folder), options);
  const rendered = all.filter(
    (object) => (isBacking(object) || !backing) && !without.some((part) => isPartOf(object, part)),
  );
  const secretNeeds = ["get", "create"].map((verb) => ({ verb, resource: "secrets", namespace }));
  const needs = [
    ...(findGeneratedSecrets(rendered).length > 0 ? secretNeeds : []),
    ...(configurePlatform ? platformNeeds : []),
    ...variant.needs,
  ];
  const { problems, version } = await checkCluster(kubectl, rendered, { namespace, needs });
  // The other checks need a cluster with Knative.
  if (problems.length > 0) throw new ConfigError(problems);
  const { problems: missing, notes, digests } = await findMissing(kubectl, rendered, options);
  if (missing.length > 0) throw new ConfigError(missing);
  const context = await readContext(kubectl);
  const serving = version === undefined ? "" : `, Knative Serving ${version}`;
  writeLine(`context ${context}${serving}, namespace ${namespace}`);
  for (const note of notes) writeLine(note);
  const { objects: pinned, lines } = pinImages(rendered, digests);
  for (const line of lines) writeLine(line);
  const full = await planPlatformConfig(kubectl, namespace);
  const own = without.includes("prometheus") ? { ...full, objects: [] } : full;
  const plan = { ...own, events: variant.events };
  for (const line of await describeRefusedEvents(kubectl, variant, { rendered, namespace }))
    writeLine(line);
  for (const line of configurePlatform ? plan.kept : describeSkipped(plan)) writeLine(line);
  return { rendered: pinned, plan };
}

async function findMissing(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  { namespace, build, insecure }: DeployOptions,
): Promise<ImageCheck> {
  const functions = listFunctions();
  const secrets = [
    ...findPlaceholders(objects),
    ...(await checkSecrets(kubectl, findGeneratedSecrets(objects), namespace)),
  ];
  const bare = build ? [] : functionsWithoutImage(objects);
  if (bare.length > 0) {
    const line = `no image for ${bare.join(", ")}: give --registry to build them, or --images`;
    return { problems: [line, ...secrets], notes: [], digests: new Map() };
  }
  // The functions' images will be built.
  const images = imagesOf(objects).filter((image) => !(build && isFunctionImage(image)));
  const registry = createRegistry({ insecure });
  const { problems, ...checked } = await checkImages(registry, images, functions);
  return { problems: [...secrets, ...problems], ...checked };
}

// A Trigger is ready only with its function, so it belongs to the functions. A CronJob runs the program of
// one.
function isBacking(object: KubeObject): boolean {
  return resourceOf(object) !== knativeServices && !/^(Trigger|CronJob)$/.test(object.kind);
}
