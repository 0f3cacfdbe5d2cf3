import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { Kubectl } from "#knative/deploy/kubectl.ts";
import { itemsOf } from "#knative/deploy/objects.ts";

/** What is read of a deployed shop. */
export interface ClusterLogOptions {
  readonly namespace: string;
  /** All functions where it is empty. */
  readonly services: readonly string[];
  readonly sinceMs: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Gets each line and its function's name. */
  readonly onLine: (line: string, service: string) => void;
}

const serviceLabel = "serving.knative.dev/service";
// A function may start and end between two visits of a page.
const lookMs = 1000;

/** Reads the logs of all pods of functions, and with `follow` of those that come later too. */
export async function readClusterLines(
  kubectl: Kubectl,
  options: ClusterLogOptions,
): Promise<void> {
  const { follow, signal } = options;
  const known = new Map<string, Promise<void>>();
  const attach = async (name: string, service: string) => {
    // A pod whose container is not there yet is asked again.
    if (!(await readPod(name, service, options))) known.delete(name);
  };
  do {
    for (const { name, service } of await listPods(kubectl, options)) {
      if (!known.has(name)) known.set(name, attach(name, service));
    }
    if (follow) await delay(lookMs, undefined, { signal }).catch(() => undefined);
  } while (follow && !signal.aborted);
  await Promise.all(known.values());
}

async function listPods(
  kubectl: Kubectl,
  { namespace, services }: ClusterLogOptions,
): Promise<{ name: string; service: string }[]> {
  const selector =
    services.length === 0 ? serviceLabel : `${serviceLabel} in (${services.join(",")})`;
  const pods = itemsOf(await kubectl.readJson(["get", "pods", "-n", namespace, "-l", selector]));
  return pods.map(({ metadata }) => ({
    name: metadata.name,
    service: metadata.labels?.[serviceLabel] ?? "",
  }));
}

// Answers whether there was anything to read from.
async function readPod(
  name: string,
  service: string,
  { namespace, sinceMs, follow, signal, onLine }: ClusterLogOptions,
): Promise<boolean> {
  const since = new Date(sinceMs).toISOString();
  const args = ["logs", name, "-n", namespace, "-c", "user-container", `--since-time=${since}`];
  const child: ChildProcess = spawn("kubectl", follow ? [...args, "--follow"] : args, {
    // What a pod that is just starting or gone says to kubectl is no news to anybody.
    stdio: ["ignore", "pipe", "ignore"],
  });
  const stop = () => child.kill();
  signal.addEventListener("abort", stop, { once: true });
  const ended = once(child, "close");
  let count = 0;
  if (child.stdout) {
    for await (const line of createInterface({ input: child.stdout })) {
      count += 1;
      onLine(line, service);
    }
  }
  const [exitCode] = await ended;
  signal.removeEventListener("abort", stop);
  return exitCode === 0 || count > 0;
}
