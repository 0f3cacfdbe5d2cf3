import { createRandom } from "#load/random.ts";
import type { TargetSettings } from "./records/run-file.ts";
import type { Target } from "./target/target.ts";

/**
 * Opens what is to be measured. Rejects with TargetError when it is not there. Each kind is loaded
 * only when it is used.
 */
export async function openTarget(settings: TargetSettings, seed: number): Promise<Target> {
  if (settings.kind === "local") {
    const { openLocalTarget } = await import("./target/local-target.ts");
    return openLocalTarget({ random: createRandom(seed, 0xffff_fffe) });
  }
  const { openKnativeTarget } = await import("./target/knative-target.ts");
  return openKnativeTarget(settings);
}
