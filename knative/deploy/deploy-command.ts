import { Command, Option } from "commander";
import { ConfigError } from "#runtime/environment.ts";
import { findFunctions } from "../../bundle/bundle-functions.ts";
import { defaultNodeImage } from "../images/build-images.ts";
import { builderNames } from "../images/builder.ts";
import { describeBuildFailure, ImageBuildError } from "../images/image-error.ts";
import { applyManifests, ensureNamespace } from "./apply-manifests.ts";
import { awaitReady } from "./await-ready.ts";
import { buildForDeploy } from "./build-images.ts";
import { checkCluster, readContext } from "./check-cluster.ts";
import { createKubectl, type Kubectl } from "./kubectl.ts";
import { describeKubectlFailure } from "./kubectl-failure.ts";
import { type KubeObject, knativeServices } from "./objects.ts";
import { type DeployOptions, type RawDeployOptions, readDeployOptions } from "./options.ts";
import { applyPlatformConfig } from "./platform-config.ts";
import { createProgress } from "./progress.ts";
import { functionsWithoutImage, renderOverlay, resourceOf, retarget } from "./render-manifests.ts";
import { findWaitTargets } from "./workload-state.ts";

/**
 * The verb `deploy`. It sets the exit code: 0 when all is ready, 1 when something is not or an image
 * could not be built or pushed, 2 for bad arguments or a cluster that lacks something.
 */
export function deployCommand(): Command {
  return new Command("deploy")
    .description(
      "Deploy the shop to the Knative that kubectl points to, and wait until it is ready.",
    )
    .option("--overlay <name>", "the folder in knative/overlays", "default")
    .option("--namespace <name>", "where the shop goes; created if it is missing", "shop")
    .option("--registry <prefix>", "build the images and push them as PREFIX/FUNCTION:TAG")
    .option("--tag <tag>", "the images' tag (default: the git commit)")
    .option("--no-build", "the images are in the registry already")
    .option("--images <file>", "JSON of image references by function, in place of a registry")
    .option("--node-image <image>", "the base image to build on", defaultNodeImage)
    .option("--insecure", "take registries without TLS; docker needs its insecure-registries")
    .addOption(new Option("--builder <name>", "the program that builds").choices(builderNames))
    .option("--no-config", "leave Knative's own config maps as they are")
    .option("--backing", "deploy what the functions stand on, and no function")
    .option("--context <name>", "kubectl's context; the current one if not given")
    .option("--timeout <time>", "how long to wait for readiness, such as 300s or 5m", "300s")
    .allowExcessArguments(false)
    .action(async (raw: RawDeployOptions) => {
      const options = readDeployOptions(raw, await findFunctions());
      const kubectl = createKubectl({ context: options.context });
      await describeKubectlFailure(async () => {
        try {
          process.exitCode = (await deploy(kubectl, options)) ? 0 : 1;
        } catch (error) {
          if (!(error instanceof ImageBuildError)) throw error;
          printFailures([describeBuildFailure(error)]);
          process.exitCode = 1;
        }
      });
    });
}

async function deploy(kubectl: Kubectl, options: DeployOptions): Promise<boolean> {
  const { namespace, timeoutMs, build, withConfig } = options;
  const rendered = await prepare(kubectl, options);
  const images = build && (await buildForDeploy(await findFunctions(), build, writeLine));
  const objects = images ? retarget(rendered, { namespace, images }) : rendered;
  if (withConfig) {
    for (const line of await applyPlatformConfig(kubectl, namespace)) writeLine(line);
  }
  await ensureNamespace(kubectl, objects, namespace);
  const refused = await applyManifests(kubectl, objects, { namespace, now: new Date() });
  if (refused.length > 0) return printFailures(refused);
  const targets = findWaitTargets(objects);
  const { states, failures } = await awaitReady(kubectl, targets, {
    namespace,
    timeoutMs,
    onStates: createProgress(process.stdout),
  });
  if (failures.length > 0) return printFailures(failures);
  const storefront = states.find(({ name }) => name === "frontend")?.url;
  const functions = targets.filter(({ resource }) => resource === knativeServices).length;
  writeLine(`${functions} Knative Services and ${states.length - functions} others are ready.`);
  if (storefront !== undefined) writeLine(`storefront  ${storefront}`);
  return true;
}

async function prepare(kubectl: Kubectl, options: DeployOptions): Promise<KubeObject[]> {
  const { namespace, overlayFolder, onlyBacking, build } = options;
  const all = retarget(await renderOverlay(kubectl, overlayFolder), options);
  const objects = onlyBacking ? all.filter(isBacking) : all;
  const bare = build ? [] : functionsWithoutImage(objects);
  const { problems, version } = await checkCluster(kubectl, objects, namespace);
  const missing = [...problems];
  if (bare.length > 0) {
    missing.push(`no image for ${bare.join(", ")}: give --registry to build them, or --images`);
  }
  if (missing.length > 0) throw new ConfigError(missing);
  const context = await readContext(kubectl);
  const serving = version === undefined ? "" : `, Knative Serving ${version}`;
  writeLine(`context ${context}${serving}, namespace ${namespace}`);
  return objects;
}

// A Trigger waits for its function, and with no function it would wait for ever.
function isBacking(object: KubeObject): boolean {
  return resourceOf(object) !== knativeServices && object.kind !== "Trigger";
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printFailures(failures: readonly string[]): false {
  for (const failure of failures) process.stderr.write(`shop: ${failure}\n`);
  return false;
}
