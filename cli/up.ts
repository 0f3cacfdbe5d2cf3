import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Command } from "commander";
import { isConsolePageBuilt } from "#local/console/build.ts";
import type { Platform } from "#local/platform.ts";
import { closeOnSignal } from "#local/until-signal.ts";
import { functionsFolder, listFunctions } from "#manifest/manifest.ts";
import { type FunctionProgram, findPrograms } from "../bundle/bundle-functions.ts";
import { isFresh } from "../bundle/freshness.ts";
import { type FileReader, readFilesOnce } from "../bundle/read-files-once.ts";
import { upBundle } from "./up-bundle.ts";

/** The verb `up`: runs the shop on this machine until Ctrl-C. */
export function upCommand(): Command {
  return new Command("up")
    .description("Run the shop on this machine: functions start when called and stop when idle.")
    .option("--quiet", "do not print the functions' log lines")
    .option("--no-build", "do not bundle: functions without an up-to-date bundle run from source")
    .addHelpText(
      "after",
      "\nEnvironment variables set the ports, the idle window and other options: see docs/reference/environment.md.",
    )
    .action(async ({ quiet, build }: { quiet?: boolean; build: boolean }) => {
      const [programs, { startPlatform }] = await Promise.all([
        build ? bundleInChild() : findAll(),
        // Loaded here, because `--help` does not need it, and while the bundler's child process runs.
        import("#local/platform.ts"),
      ]);
      if (!programs) return;
      const unbundled = programs.filter(({ kind }) => kind === "source");
      if (unbundled.length > 0) {
        const names = unbundled.map(({ name }) => name).join(", ");
        process.stderr.write(`run from source, without an up-to-date bundle: ${names}\n`);
      }
      const platform = await startPlatform({ programs, logs: quiet ? "ignore" : "inherit" });
      const { storefront, console } = platform.urls;
      const seconds = platform.idleWindowMs / 1000;
      process.stdout.write(
        `storefront  ${storefront}\nconsole     ${console}\n` +
          `${platform.functions.length} functions at zero; each stops after ${seconds} s without a request. Ctrl-C stops the shop.\n`,
      );
      collectAtZero(platform);
      await closeOnSignal(platform);
    });
}

// V8 collects garbage when memory is allocated: the garbage of the last pages would stay in memory while
// nothing runs. `npm start` passes --expose-gc.
function collectAtZero(platform: Platform): void {
  let wasAtZero = true;
  platform.subscribe(() => {
    const isAtZero = platform.functions.every(({ state }) => state === "zero");
    if (isAtZero && !wasAtZero) globalThis.gc?.();
    wasAtZero = isAtZero;
  });
}

// In a child process, because the bundler's memory would stay allocated for hours. Returns nothing if the
// child failed; the child has printed the reason, and its exit code is set.
async function bundleInChild(): Promise<FunctionProgram[] | undefined> {
  const files = readFilesOnce();
  const programs = findAll(files);
  const isBuilt = isConsolePageBuilt(files) && isFresh(upBundle, files);
  if (isBuilt && programs.every(({ kind }) => kind === "bundle")) return programs;
  const child = spawn(process.execPath, [join(import.meta.dirname, "start.cjs"), "build"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(child, "exit");
  if (code === 0) return findAll();
  process.exitCode = code ?? 1;
  return undefined;
}

function findAll(files?: FileReader): FunctionProgram[] {
  const names = listFunctions();
  return findPrograms(
    names.map((name) => join(functionsFolder, name)),
    files,
  );
}
