import { createRandom } from "#load/random.ts";
import type { Target } from "../platforms/platform.ts";
import type { TargetSettings } from "../records/run-file.ts";
import { warmUpWith } from "./send-call.ts";

/**
 * Opens what is to be measured. Rejects with TargetError when it is not there. Each kind is loaded
 * only when it is used.
 */
export async function openTarget(settings: TargetSettings, seed: number): Promise<Target> {
  if (settings.kind === "local") {
    const { openLocalTarget } = await import("../platforms/local-platform.ts");
    return openLocalTarget({ warmUp: warmUpWith(createRandom(seed, 0xffff_fffe)) });
  }
  const { openKnativeTarget } = await import("../platforms/knative-platform.ts");
  return openKnativeTarget(settings);
}
