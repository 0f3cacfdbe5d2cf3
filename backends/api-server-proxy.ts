import type { FetchJson } from "./fetch-json.ts";

/** What runs kubectl, as far as it is needed to read URLs of the API server. */
export interface KubectlRunner {
  /** Runs kubectl with arguments, for at most the given milliseconds. */
  run(
    args: readonly string[],
    options: { readonly timeoutMs: number },
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
}

/** Reads JSON from paths of the API server, which forwards requests to Services. */
export function readByApiServer(kubectl: KubectlRunner): FetchJson {
  return async (path) => {
    const args = ["get", "--raw", path];
    const { exitCode, stdout, stderr } = await kubectl.run(args, { timeoutMs: 10_000 });
    if (exitCode === 0) return JSON.parse(stdout);
    // kubectl's message for a 404 of the Service itself; for a missing Service the message has its name.
    if (/could not find the requested resource/.test(stderr)) return undefined;
    throw new Error(stderr.trim().split("\n").at(-1) || "no response within 10 seconds");
  };
}
