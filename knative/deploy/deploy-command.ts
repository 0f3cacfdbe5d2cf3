import { Command } from "commander";
import { contextOption } from "#backends/context-option.ts";
import { createKubectl, type Kubectl } from "#backends/kubectl.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { createProgress } from "#measure/progress.ts";
import { type BuiltImage, buildImages } from "../images/build-images.ts";
import { withBuildOptions } from "../images/build-options.ts";
import { describeBuildFailure, ImageBuildError } from "../images/image-error.ts";
import { describeImage, digestsOf } from "../images/report.ts";
import { optionalParts } from "../manifests/optional-parts.ts";
import { knativeServicesOf, retarget } from "../manifests/render-manifests.ts";
import { enableEventFeature } from "../platform-config/event-feature.ts";
import { applyPlatformConfig } from "../platform-config/platform-config.ts";
import { listChanges } from "../platform-config/platform-plan.ts";
import { applyAccounts, checkManifests } from "./apply-manifests.ts";
import { ensureNamespace } from "./ensure-namespace.ts";
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
 * The verb `deploy`. It exits with 0 if all objects are ready, with 1 if an object is not ready or an image
 * could not be built or pushed, and with 2 for wrong arguments or if the cluster lacks something.
 */
export function deployCommand(): Command {
  return withBuildOptions(
    new Command("deploy")
      .description("Deploy the shop to Knative on kubectl's cluster, and wait until it is ready.")
      .option("--overlay <overlay>", "a name in knative/overlays, or a folder's path", "default")
      .option("--namespace <name>", "the namespace; created if it is missing", "shop")
      .option("--registry <prefix>", "build the images and push them as PREFIX/FUNCTION:TAG")
      .option("--no-build", "use images that are in the registry already")
      .option("--images <file>", "JSON of image references by function, instead of a registry"),
  )
    .option("--configure-platform", "change Knative's own settings and restart it, for all users")
    .option("--backing", "deploy only the functions' dependencies, and no function")
    .option("--without <parts>", `parts to leave out, with commas: ${optionalParts.join(", ")}`)
    .option("--batch <count>", "functions that are rolled out at a time", `${defaultBatchSize}`)
    .addOption(contextOption())
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
  const objects = build ? retarget(rendered, { namespace, images: await push(build) }) : rendered;
  const { isNew, notes } = await ensureNamespace(kubectl, objects, namespace);
  const refuse = async (reasons: readonly string[]) => {
    if (isNew) await kubectl.run(["delete", "namespace", namespace, "--wait=false"]);
    return printFailures(reasons);
  };
  const refused = await applyAccounts(kubectl, objects, namespace);
  if (refused.length > 0) return refuse(refused);
  const checked = await checkManifests(kubectl, objects, { namespace, now: new Date() });
  if (checked.refused.length > 0) return refuse(checked.refused);
  for (const line of [...notes, ...checked.notes]) writeLine(line);
  if (configurePlatform) {
    for (const line of listChanges(plan)) writeLine(line);
    for (const line of await applyPlatformConfig(kubectl, plan, namespace)) writeLine(line);
    const { events } = plan;
    const enabled = events ? enableEventFeature(kubectl, events, checked.objects, namespace) : [];
    for (const line of await enabled) writeLine(line);
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

async function push(build: NonNullable<DeployOptions["build"]>): Promise<Record<string, string>> {
  const onImage = (image: BuiltImage) => writeLine(describeImage(image));
  const images = { ...build, functions: listFunctions(), push: true, onImage };
  // By digest, so that exactly the built image runs.
  return digestsOf(await buildImages(images));
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printFailures(failures: readonly string[]): false {
  for (const failure of failures) process.stderr.write(`shop: ${failure}\n`);
  return false;
}
