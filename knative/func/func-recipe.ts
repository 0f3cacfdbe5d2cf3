import type { KubeObject } from "#backends/kube-objects.ts";
import { flag, imageOf, knFlags, writeCommand } from "../kn/kn-flags.ts";
import { writeServiceCommand, writeTriggerCommand } from "../kn/kn-service.ts";
import type { ClusterTarget } from "../kn/recipe-services.ts";

/** The folder, namespace and image of a deployment by func. */
export interface FuncTarget {
  /** The folder of its func.yaml, quoted for the shell. */
  readonly folder: string;
  /** The namespace to deploy to. */
  readonly namespace: string;
  /** The variables in its func.yaml. */
  readonly variables: readonly string[];
  /** Whether func uses an existing image, or builds it from the folder. */
  readonly origin: "prebuilt" | "source";
}

/**
 * The two commands that deploy a function with func. func creates the Service or a new revision; kn then
 * sets the fields that func.yaml cannot express: the port's protocol, which the next `func deploy` keeps,
 * and the scale window, labels and variables of the overlay, which it removes. kn also removes variables of
 * func.yaml that the overlay does not have. Therefore both run each time.
 */
export function writeFuncRecipe(service: KubeObject, target: FuncTarget): string {
  const { folder, namespace, variables, origin } = target;
  const flags = knFlags(service);
  const isSet = (name: string) => flags.some((each) => each.startsWith(`--env ${name}=`));
  const deploy = writeCommand("func deploy", [
    `--path ${folder}`,
    flag("--namespace", namespace),
    flag("--image", imageOf(service)),
    // An existing image needs both flags (knative/func#2331).
    origin === "prebuilt" ? "--build=false --push=false" : "--build --push",
  ]);
  const update = writeCommand(`kn service update ${service.metadata.name}`, [
    flag("--namespace", namespace),
    // func's probes are kept, since the port accepts both protocols, and so are its volumes.
    ...flags.filter((each) => !/^--(probe-readiness|volume|mount) /.test(each)),
    ...variables.filter((name) => !isSet(name)).map((name) => flag("--env", `${name}-`)),
  ]);
  return `${deploy}\n\n${update}`;
}

const scratch = '"$scratch"';

/** Creates a folder for the script's own files, which is deleted when the script ends. */
export const makeScratch = `scratch=$(mktemp -d)\ntrap 'rm -rf ${scratch}' EXIT`;

/**
 * Makes a context the current one of all later commands: func has no flag for it. Needs `makeScratch`.
 */
export function writeContextRecipe(context: string): string {
  const view = "kubectl config view --raw --minify --flatten";
  return [
    `${view} ${flag("--context", context)} > ${scratch}/kubeconfig`,
    `export KUBECONFIG=${scratch}/kubeconfig`,
  ].join("\n");
}

/**
 * Copies a function's folder without the subscriptions in its func.yaml. func would subscribe the function
 * itself, whose h2c port refuses events. Needs `makeScratch`.
 *
 * @returns the commands, and the folder to deploy from
 */
export function writeCopyRecipe(name: string): { commands: string; folder: string } {
  const folder = `${scratch}/${name}`;
  const source = `functions/${name}`;
  const program = [
    'const yaml = require("yaml");',
    `const func = yaml.parse(fs.readFileSync("${source}/func.yaml", "utf8"));`,
    "delete func.deploy.subscriptions;",
    "yaml.stringify(func)",
  ].join(" ");
  const commands = `cp -R ${source} ${folder}\nnode -p '${program}' > ${folder}/func.yaml`;
  return { commands, folder };
}

/**
 * The commands for a function that receives events: a second Service of the same image, its Triggers, and
 * the deletion of Triggers by which an earlier `func deploy` has subscribed the function itself.
 */
export function writeEventsRecipe(
  name: string,
  events: KubeObject,
  triggers: readonly KubeObject[],
  target: ClusterTarget,
): string {
  const namespace = flag("--namespace", target.namespace);
  const itsOwn = `{.items[?(@.spec.subscriber.ref.name=="${name}")].metadata.name}`;
  const remove = [
    `led=$(kubectl get triggers ${namespace} ${flag("--output", `jsonpath=${itsOwn}`)})`,
    'if [ -n "$led" ]; then',
    `  kubectl delete triggers ${namespace} --cascade=foreground $led`,
    // If Subscriptions are deleted at the same time, Eventing 1.23 keeps dead subscribers in the channel,
    // and each event waits for them. The Broker recreates the channel with the remaining ones.
    `  kubectl delete inmemorychannels ${namespace} --selector eventing.knative.dev/broker || true`,
    "fi",
  ].join("\n");
  return [
    remove,
    writeServiceCommand(events, target, "apply"),
    ...triggers.map((trigger) => writeTriggerCommand(trigger, target, "apply")),
  ].join("\n\n");
}
