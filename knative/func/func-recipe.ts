import type { KubeObject } from "../deploy/objects.ts";
import { flag, imageOf, knFlags, writeCommand } from "../kn/kn-flags.ts";

/**
 * The two commands that deploy a function with func. func makes the Service, or a new revision of it,
 * from the image; kn then says what func.yaml has no words for: the port's protocol, which survives
 * the next `func deploy`, and the scale window, labels and variables of the overlay, which do not.
 * Therefore both run each time.
 */
export function writeFuncRecipe(service: KubeObject, folder: string, namespace: string): string {
  const { name } = service.metadata;
  const deploy = writeCommand("func deploy", [
    flag("--path", folder),
    flag("--namespace", namespace),
    flag("--image", imageOf(service)),
    // Both are needed for an image that is there already (knative/func#2331).
    "--build=false --push=false",
  ]);
  const update = writeCommand(`kn service update ${name}`, [
    flag("--namespace", namespace),
    // func's own probes stay, since the one port answers both protocols, and so do its volumes.
    ...knFlags(service).filter((each) => !/^--(probe-readiness|mount) /.test(each)),
  ]);
  return `${deploy}\n\n${update}`;
}
