import type { Platform } from "./platform.ts";

/**
 * Waits for SIGINT (Ctrl-C) or SIGTERM and closes the platform, which may still be starting: as
 * PID 1 of a container a process hears no signal that it has no handler for. A second signal ends
 * this process at once; the functions then end by themselves. Rejects where the platform does not
 * start.
 */
export async function closeOnSignal(starting: Platform | Promise<Platform>): Promise<void> {
  const signalled = new Promise<void>((resolve) => {
    const onSignal = () => {
      process.removeListener("SIGINT", onSignal);
      process.removeListener("SIGTERM", onSignal);
      resolve();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
  const platform = await starting;
  await signalled;
  await platform.close();
}
