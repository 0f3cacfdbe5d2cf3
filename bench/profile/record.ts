import { renameSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";

// Preloaded by --import: SIGUSR2 starts a CPU profile of the process, and the next one writes it to the folder that
// the query of this module's URL names.
const folder = new URL(import.meta.url).searchParams.get("folder") ?? ".";
const session = new Session();
let isRunning = false;

process.on("SIGUSR2", async () => {
  isRunning = !isRunning;
  if (isRunning) {
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: 250 });
    await session.post("Profiler.start");
  } else {
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    const file = join(folder, `${process.pid}.cpuprofile`);
    writeFileSync(`${file}.part`, JSON.stringify(profile));
    renameSync(`${file}.part`, file);
  }
});
