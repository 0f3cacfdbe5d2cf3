import type { KubeObject } from "../deploy/objects.ts";
import { flag, imageOf, knFlags, writeCommand } from "../kn/kn-flags.ts";
import { writeServiceCommand, writeTriggerCommand } from "../kn/kn-service.ts";

/** How func gets the image: it takes one that is there, or builds it from the folder's source. */
export type ImageOrigin = "prebuilt" | "source";

/** Where a function is deployed from, and where to. */
export interface FuncTarget {
  /** The folder of its func.yaml. */
  readonly folder: string;
  readonly namespace: string;
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
    flag("--path", folder),
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

/**
 * What a function that receives events needs beside: func leads each of its subscriptions to the
 * function itself, whose port speaks gRPC alone once it is named h2c. So func's Triggers go, and a
 * second Service of the same image takes the events.
 */
export function writeEventsRecipe(
  name: string,
  events: KubeObject,
  triggers: readonly KubeObject[],
  namespace: string,
): string {
  const itsOwn = `{.items[?(@.spec.subscriber.ref.name=="${name}")].metadata.name}`;
  const remove = [
    writeCommand("kubectl get triggers", [
      flag("--namespace", namespace),
      flag("--output", `jsonpath=${itsOwn}`),
    ]),
    `  | xargs -r kubectl delete triggers ${flag("--namespace", namespace)}`,
  ].join(" \\\n");
  return [
    remove,
    writeServiceCommand(events, namespace, "apply"),
    ...triggers.map((trigger) => writeTriggerCommand(trigger, namespace, "apply")),
  ].join("\n\n");
}
