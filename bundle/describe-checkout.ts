import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** The state of this checkout. */
export interface CheckoutState {
  /** The full hash of its commit; null where git is missing or this is not a checkout. */
  readonly commit: string | null;
  /** Whether files differ from the commit; null as above. */
  readonly isDirty: boolean | null;
}

/** Which commit this checkout is at, and whether files differ from it. Never rejects. */
export async function describeCheckout(): Promise<CheckoutState> {
  const git = (...args: string[]) =>
    promisify(execFile)("git", args, { cwd: join(import.meta.dirname, "..") });
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
