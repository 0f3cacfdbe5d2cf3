import type { Platform } from "./platform.ts";

/**
 * Waits for SIGINT (Ctrl-C) or SIGTERM and closes the platform. A second signal ends this process
 * at once; the functions then end by themselves.
 */
export async function closeOnSignal(platform: Platform): Promise<void> {
  await new Promise<void>((resolve) => {
    const onSignal = () => {
      process.removeListener("SIGINT", onSignal);
      process.removeListener("SIGTERM", onSignal);
      resolve();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
  await platform.close();
}
