import { parseArgs } from "node:util";
import { itemsOf, type KubeObject } from "#backends/kube-objects.ts";
import { createKubectl, KubectlError } from "#backends/kubectl.ts";
import { awaitReady } from "#knative/readiness/await-ready.ts";
import { findWaitTargets } from "#knative/readiness/workload-state.ts";
import type { FuncYaml } from "#manifest/func-yaml.ts";
import { readFuncYaml } from "#manifest/manifest.ts";
import { rewriteAsFunc, writeAsFunc, writeTriggersAsFunc } from "./write-service.ts";

// A fake of the program `func`, for tests without it: `func deploy` of an existing image. It creates or
// replaces the Service, waits until it is ready, and creates missing Triggers.

const kubectl = createKubectl();

async function deploy(func: FuncYaml, image: string, namespace: string): Promise<void> {
  const inNamespace = ["--namespace", namespace];
  const service = await sendService(func, image, namespace, 3);
  const wait = { namespace, timeoutMs: 120_000, onStates: () => undefined };
  const { failures } = await awaitReady(kubectl, findWaitTargets([service]), wait);
  if (failures.length > 0) throw new Error(failures.join("\n"));
  const triggers = itemsOf(await kubectl.readJson(["get", "triggers", ...inNamespace]));
  const names = triggers.map(({ metadata }) => metadata.name);
  for (const trigger of writeTriggersAsFunc(func)) {
    if (!names.includes(trigger.metadata.name)) await send("create", trigger, namespace);
  }
}

// As func does, it retries a replacement whose object has changed since it was read, for example its status.
async function sendService(
  func: FuncYaml,
  image: string,
  namespace: string,
  retries: number,
): Promise<KubeObject> {
  const list = await kubectl.readJson(["get", "ksvc", "--namespace", namespace]);
  const live = itemsOf(list).find(({ metadata }) => metadata.name === func.name);
  const now = new Date();
  const service = live ? rewriteAsFunc(live, func, image, now) : writeAsFunc(func, image, now);
  try {
    await send(live ? "replace" : "create", service, namespace);
    return service;
  } catch (error) {
    const isConflict = error instanceof KubectlError && /\(Conflict\)/.test(error.stderr);
    if (!isConflict || retries === 0) throw error;
    return sendService(func, image, namespace, retries - 1);
  }
}

async function send(verb: string, object: KubeObject, namespace: string): Promise<void> {
  const args = [verb, "--namespace", namespace, "--filename", "-"];
  await kubectl.read(args, { input: JSON.stringify(object) });
}

const text = { type: "string" } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { path: text, namespace: text, image: text, build: text, push: text },
});
const { path = ".", namespace = "default", image = "", build, push } = values;
if (positionals.join() !== "deploy" || build !== "false" || push !== "false") {
  throw new Error("this fake of func supports only: func deploy ... --build=false --push=false");
}
await deploy(readFuncYaml(path), image, namespace);
