import { join } from "node:path";
import { Command } from "commander";
import { isConsolePageBuilt } from "#local/console/build.ts";
import type { Platform } from "#local/platform.ts";
import { closeOnSignal } from "#local/until-signal.ts";
import { functionsFolder, listFunctions } from "#manifest/manifest.ts";
import { optimizeSooner } from "#runtime/engine-flags.ts";
import { type FunctionProgram, findPrograms, listBundled } from "../bundle/bundle-functions.ts";
import { isFresh } from "../bundle/freshness.ts";
import { readFilesOnce } from "../bundle/read-files-once.ts";
// biome-ignore lint/correctness/useImportExtensions: it proposes the extension of the file's declarations.
import { type Bundler, messages, startBundler } from "./bundler.cjs";
import { homePageFunctions, upBundle } from "./up-bundle.ts";

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
      const { programs, homePage, all, stop } = build
        ? bundleInChild()
        : withoutBundler(findPrograms(listFolders()));
      // Loaded here, because `--help` does not need it, and while the bundler's child process runs.
      const { startPlatform } = await import("#local/platform.ts");
      const unbundled = programs.filter(({ kind }) => kind === "source");
      if (unbundled.length > 0) {
        const names = unbundled.map(({ name }) => name).join(", ");
        process.stderr.write(`run from source, without an up-to-date bundle: ${names}\n`);
      }
      try {
        const platform = await startPlatform({ programs, logs: quiet ? "ignore" : "inherit" });
        collectAtZero(platform);
        const onHomePage = () => {
          announce(platform);
          optimizeSooner();
        };
        homePage.then(onHomePage, () => undefined);
        await Promise.race([closeOnSignal(platform), closeOnFailure(platform, all)]);
      } finally {
        stop();
      }
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

// The bundler has printed why it failed. Settles only then.
async function closeOnFailure(platform: Platform, all: Promise<void>): Promise<void> {
  try {
    await all;
  } catch (error) {
    process.exitCode = (error as BundlerFailed).exitCode;
    return await platform.close();
  }
  await new Promise<never>(() => undefined);
}

function announce(platform: Platform): void {
  const { storefront, console } = platform.urls;
  const seconds = platform.idleWindowMs / 1000;
  process.stdout.write(
    `storefront  ${storefront}\nconsole     ${console}\n` +
      `${platform.functions.length} functions at zero; each stops after ${seconds} s without a request. Ctrl-C stops the shop.\n`,
  );
}

/** The functions' programs, and the bundler that still writes them, or what only the next start needs. */
interface Bundling extends Pick<Bundler, "stop"> {
  readonly programs: FunctionProgram[];
  /** Resolves when the home page can be shown; rejects with BundlerFailed. */
  readonly homePage: Promise<void>;
  /** Resolves when all functions can be started; rejects with BundlerFailed. */
  readonly all: Promise<void>;
}

/** The bundler ended before all functions were written. It has printed the reason. */
class BundlerFailed extends Error {
  readonly exitCode: number;

  constructor(outcome: unknown) {
    super("the bundler failed");
    this.exitCode = typeof outcome === "number" ? outcome : 1;
  }
}

function bundleInChild(): Bundling {
  const files = readFilesOnce();
  const programs = findPrograms(listFolders(), files);
  const isBuilt = isConsolePageBuilt(files) && isFresh(upBundle, files);
  if (isBuilt && programs.every(({ kind }) => kind === "bundle")) return withoutBundler(programs);
  const bundler = startBundler(join(import.meta.dirname, "start.cjs"));
  const expect = async (outcome: Promise<unknown>, message: string) => {
    const received = await outcome;
    if (received !== message) throw new BundlerFailed(received);
  };
  const homePage = expect(bundler.homePage, messages.homePage);
  const all = expect(bundler.all, messages.all);
  // Not everyone who waits for them waits for a failure.
  for (const each of [homePage, all]) each.catch(() => undefined);
  const bundles = listBundled(listFolders()).map((program) => ({
    ...program,
    written: homePageFunctions.includes(program.name) ? homePage : all,
  }));
  return { programs: bundles, homePage, all, stop: bundler.stop };
}

function withoutBundler(programs: FunctionProgram[]): Bundling {
  const done = Promise.resolve();
  return { programs, homePage: done, all: done, stop: () => undefined };
}

function listFolders(): string[] {
  return listFunctions().map((name) => join(functionsFolder, name));
}
