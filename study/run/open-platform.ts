import { createRandom } from "#measure/random.ts";
import type { StudyPlatform } from "../platforms/platform.ts";
import type { PlatformSettings } from "../records/run-file.ts";
import { warmUpWith } from "./send-call.ts";

/**
 * Opens the platform to measure. Rejects with PlatformError if it is missing. Only the code of the
 * kind that is used is loaded.
 */
export async function openPlatform(
  settings: PlatformSettings,
  seed: number,
): Promise<StudyPlatform> {
  if (settings.kind === "local") {
    const { openLocalPlatform } = await import("../platforms/local-platform.ts");
    return openLocalPlatform({ warmUp: warmUpWith(createRandom(seed, 0xffff_fffe)) });
  }
  const { openKnativePlatform } = await import("../platforms/knative-platform.ts");
  return openKnativePlatform(settings);
}
