import type { Kubectl, StreamOptions } from "./kubectl.ts";

/** A run of kubectl that listens on this machine: `kubectl proxy` or `kubectl port-forward`. */
export interface KubectlListener {
  /** Its address, such as `127.0.0.1:41234`. */
  readonly address: string;
  /** Ends it. */
  close(): void;
}

const listenWithinMs = 30_000;

/**
 * Runs kubectl until `close`, or until this process exits. Rejects with kubectl's last line if it ends
 * before it listens, and with KubectlMissingError.
 *
 * @param args with `--port=0` or `:PORT`, so that kubectl selects a free port
 */
export async function listenByKubectl(
  kubectl: Pick<Kubectl, "stream">,
  args: readonly string[],
  { detached = false }: Pick<StreamOptions, "detached"> = {},
): Promise<KubectlListener> {
  const closing = new AbortController();
  const end = () => closing.abort();
  const close = () => {
    process.off("exit", end);
    end();
  };
  process.once("exit", end);
  const timer = setTimeout(end, listenWithinMs);
  try {
    const printed = Promise.withResolvers<string>();
    const running = kubectl.stream(args, {
      signal: closing.signal,
      detached,
      onLine: printed.resolve,
    });
    const ended = running.then(({ stderr }) => {
      throw new Error(stderr.trim().split("\n").at(-1) || `kubectl ${args[0]} has ended`);
    });
    // A later exit is the end of the program, or fails the next request.
    ended.catch(() => undefined);
    const line = await Promise.race([printed.promise, ended]);
    const [address] = /127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (address === undefined)
      throw new Error(`kubectl ${args[0]} reports ${JSON.stringify(line)}`);
    return { address, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
