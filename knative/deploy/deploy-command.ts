import { Command, Option } from "commander";
import { createKubectl, type Kubectl } from "#backends/kubectl.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { createProgress } from "#measure/progress.ts";
import { defaultNodeImage } from "../images/build-images.ts";
import { builderNames } from "../images/builder.ts";
import { describeBuildFailure, ImageBuildError } from "../images/image-error.ts";
import { optionalParts } from "../manifests/optional-parts.ts";
import { knativeServicesOf, retarget } from "../manifests/render-manifests.ts";
import { applyPlatformConfig } from "../platform-config/platform-config.ts";
import { listChanges } from "../platform-config/platform-plan.ts";
import { checkManifests, ensureNamespace } from "./apply-manifests.ts";
import { buildForDeploy } from "./build-images.ts";
import { createSecrets, findGeneratedSecrets } from "./generated-secrets.ts";
import {
  type DeployOptions,
  defaultBatchSize,
  type RawDeployOptions,
  readDeployOptions,
} from "./options.ts";
import { prepare } from "./prepare.ts";
import { rollOut } from "./roll-out.ts";

/**
 * The verb `deploy`. It sets the exit code: 0 when all is ready, 1 when something is not or an image
 * could not be built or pushed, 2 for bad arguments or a cluster that lacks something.
 */
export function deployCommand(): Command {
  return new Command("deploy")
    .description(
      "Deploy the shop to the Knative that kubectl points to, and wait until it is ready.",
    )
    .option("--overlay <overlay>", "a name in knative/overlays, or a folder's path", "default")
    .option("--namespace <name>", "where the shop goes; created if it is missing", "shop")
    .option("--registry <prefix>", "build the images and push them as PREFIX/FUNCTION:TAG")
    .option("--tag <tag>", "the images' tag (default: the git commit)")
    .option("--no-build", "the images are in the registry already")
    .option("--images <file>", "JSON of image references by function, in place of a registry")
    .option("--node-image <image>", "the base image to build on", defaultNodeImage)
    .option("--insecure", "accept registries without TLS; docker needs its insecure-registries")
    .addOption(new Option("--builder <name>", "the program that builds").choices(builderNames))
    .option(
      "--configure-platform",
      "change Knative's own settings and restart it, for all its users",
    )
    .option("--backing", "deploy what the functions depend on, and no function")
    .option("--without <parts>", `leave out, with commas: ${optionalParts.join(", ")}`)
    .option("--batch <count>", "functions that are rolled out at a time", `${defaultBatchSize}`)
    .option("--context <name>", "kubectl's context; the current one if not given")
    .option("--timeout <time>", "how long to wait for readiness, such as 300s or 5m", "300s")
    .allowExcessArguments(false)
    .action(async (raw: RawDeployOptions) => {
      const options = readDeployOptions(raw, listFunctions());
      const kubectl = createKubectl({ context: options.context });
      try {
        process.exitCode = (await deploy(kubectl, options)) ? 0 : 1;
      } catch (error) {
        if (!(error instanceof ImageBuildError)) throw error;
        printFailures([describeBuildFailure(error)]);
        process.exitCode = 1;
      }
    });
}

async function deploy(kubectl: Kubectl, options: DeployOptions): Promise<boolean> {
  const { namespace, timeoutMs, build, configurePlatform, batchSize } = options;
  const { rendered, plan } = await prepare(kubectl, options, writeLine);
  const images = build && (await buildForDeploy(listFunctions(), build, writeLine));
  const objects = images ? retarget(rendered, { namespace, images }) : rendered;
  const isNew = await ensureNamespace(kubectl, objects, namespace);
  const checked = await checkManifests(kubectl, objects, { namespace, now: new Date() });
  if (checked.refused.length > 0) {
    if (isNew) await kubectl.run(["delete", "namespace", namespace, "--wait=false"]);
    return printFailures(checked.refused);
  }
  if (configurePlatform) {
    for (const line of listChanges(plan)) writeLine(line);
    for (const line of await applyPlatformConfig(kubectl, plan, namespace)) writeLine(line);
  }
  for (const name of await createSecrets(kubectl, findGeneratedSecrets(objects), namespace)) {
    writeLine(`Secret ${name} created, with a random password`);
  }
  const { states, failures } = await rollOut(kubectl, checked, {
    namespace,
    batchSize,
    timeoutMs,
    onLine: writeLine,
    createProgress: () => createProgress(process.stdout),
  });
  if (failures.length > 0) return printFailures(failures);
  const storefront = states.find(({ name }) => name === "frontend")?.url;
  const functions = knativeServicesOf(objects).length;
  writeLine(`${functions} Knative Services and ${states.length - functions} others are ready.`);
  if (storefront !== undefined) writeLine(`storefront  ${storefront}`);
  return true;
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printFailures(failures: readonly string[]): false {
  for (const failure of failures) process.stderr.write(`shop: ${failure}\n`);
  return false;
}
