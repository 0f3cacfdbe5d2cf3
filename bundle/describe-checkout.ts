import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** The state of a git checkout. */
export interface CheckoutState {
  /** The full hash of its commit; null if git is missing or the folder is not a checkout. */
  readonly commit: string | null;
  /** Whether files differ from the commit; null if the commit is null. */
  readonly isDirty: boolean | null;
}

/** Reads the commit of a git checkout, by default this one, and whether files differ. Never rejects. */
export async function describeCheckout(
  folder = join(import.meta.dirname, ".."),
): Promise<CheckoutState> {
  const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: folder });
  try {
    const [commit, status] = await Promise.all([
      git("rev-parse", "HEAD"),
      git("status", "--porcelain"),
    ]);
    return { commit: commit.stdout.trim(), isDirty: status.stdout.trim() !== "" };
  } catch {
    return { commit: null, isDirty: null };
  }
}
