import type { KubeObject } from "#backends/kube-objects.ts";
import { flag, imageOf, knFlags, writeCommand } from "../kn/kn-flags.ts";
import { writeServiceCommand, writeTriggerCommand } from "../kn/kn-service.ts";
import type { ClusterTarget } from "../kn/recipe-services.ts";

/** How func gets the image: it takes one that is there, or builds it from the folder's source. */
export type ImageOrigin = "prebuilt" | "source";

/** Where a function is deployed from, and where to. */
export interface FuncTarget {
  /** The folder of its func.yaml, as a word of the shell. */
  readonly folder: string;
  /** Where to. */
  readonly namespace: string;
  /** How func gets the image. */
  readonly origin: ImageOrigin;
}

/**
 * The two commands that deploy a function with func. func makes the Service, or a new revision of it;
 * kn then says what func.yaml has no words for: the port's protocol, which survives the next
 * `func deploy`, and the scale window, labels and variables of the overlay, which do not. Therefore
 * both run each time.
 */
export function writeFuncRecipe(service: KubeObject, target: FuncTarget): string {
  const { folder, namespace, origin } = target;
  const deploy = writeCommand("func deploy", [
    `--path ${folder}`,
    flag("--namespace", namespace),
    flag("--image", imageOf(service)),
    // Both are needed for an image that is there already (knative/func#2331).
    origin === "prebuilt" ? "--build=false --push=false" : "--build --push",
  ]);
  const update = writeCommand(`kn service update ${service.metadata.name}`, [
    flag("--namespace", namespace),
    // func's own probes stay, since the one port answers both protocols, and so do its volumes.
    ...knFlags(service).filter((each) => !/^--(probe-readiness|mount) /.test(each)),
  ]);
  return `${deploy}\n\n${update}`;
}

/** The shell's word for the folder of the script's own files. */
const scratch = '"$scratch"';

/** Creates a folder for the script's own files, which goes with the script. */
export const makeScratch = `scratch=$(mktemp -d)\ntrap 'rm -rf ${scratch}' EXIT`;

/**
 * Makes a context the current one of all commands that follow: func has no flag for it. Needs
 * `makeScratch`.
 */
export function writeContextRecipe(context: string): string {
  const view = "kubectl config view --raw --minify --flatten";
  return [
    `${view} ${flag("--context", context)} > ${scratch}/kubeconfig`,
    `export KUBECONFIG=${scratch}/kubeconfig`,
  ].join("\n");
}

/**
 * Copies a function's folder, without the subscriptions in its func.yaml: func leads each of them to
 * the function itself, whose port speaks gRPC alone once it is named h2c. An event in between would be
 * refused there. Needs `makeScratch`.
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
  const commands = [`cp -R ${source} ${folder}`, `node -p '${program}' > ${folder}/func.yaml`].join(
    "\n",
  );
  return { commands, folder };
}

/**
 * What a function that receives events needs beside: a second Service of the same image takes them.
 * Triggers that `func deploy` has led to the function itself go.
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
    // Of Subscriptions that go within a moment, Eventing 1.23 leaves dead subscribers in the channel,
    // and every event then waits for them. The Broker recreates the channel from the remaining Triggers.
    `  kubectl delete inmemorychannels ${namespace} --selector eventing.knative.dev/broker || true`,
    "fi",
  ].join("\n");
  return [
    remove,
    writeServiceCommand(events, target, "apply"),
    ...triggers.map((trigger) => writeTriggerCommand(trigger, target, "apply")),
  ].join("\n\n");
}
