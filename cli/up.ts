import { join } from "node:path";
import { Command } from "commander";
import { isConsolePageBuilt } from "#local/console/build.ts";
import type { Platform } from "#local/platform.ts";
import { closeOnSignal } from "#local/until-signal.ts";
import { functionsFolder, listFunctions } from "#manifest/manifest.ts";
import { type FunctionProgram, findPrograms, listBundled } from "../bundle/bundle-functions.ts";
import { isFresh } from "../bundle/freshness.ts";
import { readFilesOnce } from "../bundle/read-files-once.ts";
// biome-ignore lint/correctness/useImportExtensions: it proposes the extension of the file's declarations.
import { type Bundler, startBundler } from "./bundler.cjs";
import { runnable, upBundle } from "./up-bundle.ts";

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
      const [bundling, { startPlatform }] = await Promise.all([
        build ? bundleInChild() : withoutBundler(findPrograms(listFolders())),
        // Loaded here, because `--help` does not need it, and while the bundler's child process runs.
        import("#local/platform.ts"),
      ]);
      if (!bundling) return;
      const { programs, stop } = bundling;
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
      stop();
    });
}

// V8 collects garbage when memory is allocated: the garbage of the last pages would stay in memory while
// nothing runs.
function collectAtZero(platform: Platform): void {
  let wasAtZero = true;
  let collect: (() => void) | undefined;
  platform.subscribe(() => {
    const isAtZero = platform.functions.every(({ state }) => state === "zero");
    if (isAtZero && !wasAtZero) {
      collect ??= exposeCollector();
      collect();
    }
    wasAtZero = isAtZero;
  });
}

// Not by --expose-gc on the command line: V8 then rejects the code cache of Node's own modules, which takes 20 ms
// of CPU per start. Only contexts that are created after the flag have the function.
function exposeCollector(): () => void {
  process.getBuiltinModule("node:v8").setFlagsFromString("--expose-gc");
  return process.getBuiltinModule("node:vm").runInNewContext("gc");
}

/** The functions' programs, and the bundler that still writes what only the next start needs. */
interface Bundling extends Pick<Bundler, "stop"> {
  readonly programs: FunctionProgram[];
}

// Returns nothing if the bundler failed; it has printed the reason, and the exit code is set.
async function bundleInChild(): Promise<Bundling | undefined> {
  const files = readFilesOnce();
  const programs = findPrograms(listFolders(), files);
  const isBuilt = isConsolePageBuilt(files) && isFresh(upBundle, files);
  if (isBuilt && programs.every(({ kind }) => kind === "bundle")) return withoutBundler(programs);
  const { result, stop } = startBundler(join(import.meta.dirname, "start.cjs"));
  const outcome = await result;
  if (outcome === runnable) return { programs: listBundled(listFolders()), stop };
  if (outcome === 0) return withoutBundler(findPrograms(listFolders()));
  process.exitCode = typeof outcome === "number" ? outcome : 1;
  return undefined;
}

function withoutBundler(programs: FunctionProgram[]): Bundling {
  return { programs, stop: () => undefined };
}

function listFolders(): string[] {
  return listFunctions().map((name) => join(functionsFolder, name));
}
