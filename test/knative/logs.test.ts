import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import type { KubeObject } from "#backends/kube-objects.ts";
import { userContainer } from "#backends/kube-objects.ts";
import { findContainer } from "../../cli/logs/container-log.ts";
import { poll } from "../fixtures/poll.ts";
import { cluster, GatewayVisitor, kubectl, listFunctionPods, skip } from "./fixtures/cluster.ts";

const { namespace } = cluster;
const root = join(import.meta.dirname, "..", "..");
const target = ["--namespace", namespace];

function logs(...args: string[]) {
  const all = ["cli/shop.ts", "logs", ...target, ...args];
  const options = { cwd: root, encoding: "utf8", timeout: 60_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, all, options);
  return { status, stderr, lines: stdout.split("\n").filter((line) => line !== "") };
}

async function follow(t: TestContext, name: string) {
  const all = ["cli/shop.ts", "logs", name, "--follow", "--json", "--since", "10m", ...target];
  const child = spawn(process.execPath, all, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  // It prints its source when it starts to read.
  await once(child.stderr, "data");
  const end = async () => {
    child.kill("SIGINT");
    const [status] = await once(child, "close");
    return status;
  };
  return { lines, end };
}

const isReady = (line: string) => JSON.parse(line).message === "ready";

async function findPod(): Promise<KubeObject> {
  const pods = await listFunctionPods(["frontend"]);
  const startOf = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? "";
  const running = pods
    .filter((pod) => findContainer(pod).isRunning && pod.metadata.deletionTimestamp === undefined)
    .toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1))
    .at(-1);
  assert.ok(running, "frontend has no pod");
  return running;
}

// The function's process is PID 1 of its container, and ends at SIGTERM.
async function restart(pod: string): Promise<void> {
  const container = ["-n", namespace, pod, "-c", userContainer];
  // It may end with the container.
  await kubectl.run(["exec", ...container, "--", "node", "-e", 'process.kill(1, "SIGTERM")']);
}

test("logs --follow continues after a container restart, and prints each line once", {
  skip,
}, async (t) => {
  const following = await follow(t, "frontend");
  const visitor = new GatewayVisitor();
  assert.equal((await visitor.get("/")).status, 200);
  const untilReady = (count: number) =>
    poll(
      async () => (following.lines.filter(isReady).length >= count ? true : undefined),
      () => following.lines.join("\n"),
      60_000,
    );
  const { metadata } = await findPod();
  const before = following.lines.filter(isReady).length;
  await restart(metadata.name);
  await untilReady(before + 1);
  // A request keeps the pod until its log has been compared. It gets 502 until the container is ready.
  await poll(
    async () => ((await visitor.get("/")).status === 200 ? true : undefined),
    () => "the storefront did not recover",
    30_000,
  );

  const container = ["-n", namespace, metadata.name, "-c", userContainer];
  const read = async (...more: string[]) =>
    (await kubectl.read(["logs", ...container, ...more])).split("\n").filter((line) => line !== "");
  const [previous, current] = [await read("--previous"), await read()];
  assert.ok(previous.length > 0 && current.length > 0);
  await poll(
    async () =>
      [...previous, ...current].every((line) => following.lines.includes(line)) ? true : undefined,
    () => following.lines.join("\n"),
    60_000,
  );
  const ofPod = new Set([...previous, ...current]);
  const shown = following.lines.filter((line) => ofPod.has(line));
  assert.deepEqual(shown, [...previous, ...current]);
  assert.equal(new Set(following.lines).size, following.lines.length);
  assert.equal(await following.end(), 0);

  const earlier = logs("frontend", "--previous", "--json");
  assert.equal(earlier.status, 0, earlier.stderr);
  for (const line of previous) assert.ok(earlier.lines.includes(line), line);
});

test("logs of an unknown function fails and lists the known ones", { skip }, () => {
  const { status, stderr } = logs("nosuch");
  assert.equal(status, 2);
  const said =
    /no function is named nosuch in namespace \S+: expected some of adservice, .*frontend/;
  assert.match(stderr.trim().split("\n").at(-1) ?? "", said);
});

test("logs --previous reports that the container has not restarted", { skip }, () => {
  const { status, stderr } = logs("cartservice", "--previous");
  assert.equal(status, 1);
  assert.match(stderr, /no container of cartservice in namespace \S+ has restarted/);
});
