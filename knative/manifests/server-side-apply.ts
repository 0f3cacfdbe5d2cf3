import type { KubeObject } from "#backends/kube-objects.ts";
import type { Kubectl, KubectlResult } from "#backends/kubectl.ts";
import { formatObjects } from "./render-manifests.ts";

/** The timeout of an apply in milliseconds. */
export const applyTimeoutMs = 120_000;

/**
 * Applies objects by server-side apply as field manager `shop`. Rejects only with KubectlMissingError.
 *
 * @param flags more flags of `kubectl apply`, such as `--force-conflicts`
 */
export function serverSideApply(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  flags: readonly string[],
): Promise<KubectlResult> {
  const args = ["apply", "--server-side", "--field-manager=shop", "-f", "-", ...flags];
  return kubectl.run(args, { input: formatObjects(objects), timeoutMs: applyTimeoutMs });
}
