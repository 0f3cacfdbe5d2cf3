import { Command } from "commander";
import { ConfigError } from "#runtime/environment.ts";
import { findFunctions } from "../../bundle/bundle-functions.ts";
import { applyManifests, ensureNamespace } from "./apply-manifests.ts";
import { awaitReady } from "./await-ready.ts";
import { checkCluster, readContext } from "./check-cluster.ts";
import { createKubectl, type Kubectl } from "./kubectl.ts";
import { describeKubectlFailure } from "./kubectl-failure.ts";
import type { KubeObject } from "./objects.ts";
import { type DeployOptions, type RawDeployOptions, readDeployOptions } from "./options.ts";
import { createProgress } from "./progress.ts";
import {
  functionsWithoutImage,
  knativeServicesOf,
  renderOverlay,
  retarget,
} from "./render-manifests.ts";

/**
 * The verb `deploy`. It sets the exit code: 0 when every Knative Service is ready, 1 when one is
 * not, 2 for bad arguments or a cluster that lacks something.
 */
export function deployCommand(): Command {
  return new Command("deploy")
    .description(
      "Deploy the shop to the Knative that kubectl points to, and wait until it is ready.",
    )
    .option("--overlay <name>", "the folder in knative/overlays", "default")
    .option("--namespace <name>", "where the shop goes; created if it is missing", "shop")
    .option("--registry <prefix>", "images are PREFIX/FUNCTION:TAG; with --tag")
    .option("--tag <tag>", "the images' tag; with --registry")
    .option("--images <file>", "JSON of image references by function, instead")
    .option("--context <name>", "kubectl's context; the current one if not given")
    .option("--timeout <time>", "how long to wait for readiness, such as 300s or 5m", "300s")
    .allowExcessArguments(false)
    .action(async (raw: RawDeployOptions) => {
      const options = readDeployOptions(raw, await findFunctions());
      const kubectl = createKubectl({ context: options.context });
      await describeKubectlFailure(async () => {
        process.exitCode = (await deploy(kubectl, options)) ? 0 : 1;
      });
    });
}

async function deploy(kubectl: Kubectl, options: DeployOptions): Promise<boolean> {
  const { namespace, timeoutMs } = options;
  const objects = await prepare(kubectl, options);
  await ensureNamespace(kubectl, objects, namespace);
  const refused = await applyManifests(kubectl, objects, { namespace, now: new Date() });
  if (refused.length > 0) return printFailures(refused);
  const names = knativeServicesOf(objects).map(({ metadata }) => metadata.name);
  const onStates = createProgress(process.stdout);
  const { states, failures } = await awaitReady(kubectl, names.sort(), {
    namespace,
    timeoutMs,
    onStates,
  });
  if (failures.length > 0) return printFailures(failures);
  const storefront = states.find(({ name }) => name === "frontend")?.url;
  process.stdout.write(`${states.length} Knative Services are ready.\n`);
  if (storefront !== undefined) process.stdout.write(`storefront  ${storefront}\n`);
  return true;
}

async function prepare(kubectl: Kubectl, options: DeployOptions): Promise<KubeObject[]> {
  const { namespace, overlayFolder } = options;
  const objects = retarget(await renderOverlay(kubectl, overlayFolder), options);
  const bare = functionsWithoutImage(objects);
  const { problems, version } = await checkCluster(kubectl, objects, namespace);
  const all = [...problems];
  if (bare.length > 0) {
    all.push(`no image for ${bare.join(", ")}: give --registry and --tag, or --images`);
  }
  if (all.length > 0) throw new ConfigError(all);
  const context = await readContext(kubectl);
  const serving = version === undefined ? "" : `, Knative Serving ${version}`;
  process.stdout.write(`context ${context}${serving}, namespace ${namespace}\n`);
  return objects;
}

function printFailures(failures: readonly string[]): false {
  for (const failure of failures) process.stderr.write(`shop: ${failure}\n`);
  return false;
}
