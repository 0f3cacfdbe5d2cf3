import { startPlatform } from "#local/platform.ts";

// The shop as `npm start` runs it, in a process of its own so that it does not share a thread with
// the bench. No function scales to zero meanwhile.
const dataDir = process.argv[2];
const platform = await startPlatform({
  ports: "free",
  idleWindowMs: 3_600_000,
  sweepIntervalMs: 0,
  logs: "ignore",
  ...(dataDir && { dataDir }),
});
process.send?.({ type: "ready", port: Number(new URL(platform.urls.storefront).port) });
const end = () => platform.close().then(() => process.exit(0));
process.on("SIGTERM", end);
process.on("disconnect", end);
