import { type ExecFileOptions, execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ConfigError } from "#runtime/environment.ts";

const root = join(import.meta.dirname, "..");

/**
 * Finds the commit that a revision names.
 *
 * @returns its full hash
 * @throws ConfigError if there is none
 */
export async function findCommit(ref: string): Promise<string> {
  const commit = `${ref}^{commit}`;
  try {
    const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", commit];
    return (await run("git", args, { cwd: root })).trim();
  } catch {
    const rule = "expected a commit, a tag or a branch of this repository";
    throw new ConfigError([`--compare is ${JSON.stringify(ref)}: ${rule}`]);
  }
}

/**
 * Writes a commit's files into a temporary folder, installs the packages of its lock file and builds
 * it with its own `npm run build`. The folder is removed if any of that fails.
 *
 * @returns the absolute path of its root, and a function that removes it
 * @throws ConfigError with the end of the output of the command that failed
 */
export async function buildCheckout(commit: string, signal: AbortSignal) {
  const parent = await mkdtemp(join(tmpdir(), "shop-compare-"));
  const remove = () => rm(parent, { recursive: true, force: true, maxRetries: 5 });
  const folder = join(parent, "checkout");
  try {
    await writeCommit(commit, folder, signal);
    await installPackages(folder, signal);
    await run("npm", ["run", "build"], { cwd: folder, signal });
    return { folder, remove };
  } catch (error) {
    await remove();
    signal.throwIfAborted();
    const { stderr, message } = error as Error & { stderr?: string };
    const reason = (stderr?.trim() || message).slice(-1000);
    throw new ConfigError([`--compare: commit ${commit} cannot be built: ${reason}`]);
  }
}

/** Builds this checkout as another commit is built, the local platform included. */
export async function buildThisCheckout(signal: AbortSignal): Promise<void> {
  await run("npm", ["run", "build"], { cwd: root, signal });
}

/** Writes the files of a commit into a folder. */
export async function writeCommit(commit: string, folder: string, signal: AbortSignal) {
  // A temporary index, so that this checkout and its .git folder do not change.
  const env = { ...process.env, GIT_INDEX_FILE: `${folder}.index` };
  await run("git", ["read-tree", commit], { cwd: root, env, signal });
  await run("git", ["checkout-index", "--all", `--prefix=${folder}/`], { cwd: root, env, signal });
}

/** Writes the files of this checkout, changes included and ignored files excluded, into a folder. */
export async function writeThisCheckout(folder: string, signal: AbortSignal): Promise<void> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = (await run("git", args, { cwd: root, signal })).split("\0").filter(Boolean);
  for (const file of files) {
    if (existsSync(join(root, file))) await cp(join(root, file), join(folder, file));
  }
}

// This checkout's packages are used if both have the same lock file.
async function installPackages(folder: string, signal: AbortSignal): Promise<void> {
  const installed = join(root, "node_modules");
  const [own, other] = await Promise.all(
    [root, folder].map((path) => readFile(join(path, "package-lock.json"), "utf8")),
  );
  if (own === other && existsSync(installed)) {
    await symlink(installed, join(folder, "node_modules"), "junction");
  } else {
    await run("npm", ["ci"], { cwd: folder, signal });
  }
}

async function run(
  program: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<string> {
  const running = promisify(execFile)(program, args, { ...options, encoding: "utf8" });
  try {
    return (await running).stdout;
  } catch (error) {
    // An aborted program still writes files until it exits.
    const { pid, exitCode, signalCode } = running.child;
    if (pid !== undefined && exitCode === null && signalCode === null) {
      await once(running.child, "exit");
    }
    throw error;
  }
}
