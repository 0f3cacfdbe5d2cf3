import { randomUUID } from "node:crypto";
import { kubectl } from "./cluster.ts";

/** Deletes a namespace, which a run before may have left, and waits until it is gone. */
export async function removeNamespace(namespace: string): Promise<void> {
  const args = ["delete", "namespace", namespace, "--ignore-not-found", "--timeout=180s"];
  await kubectl.read(args, { timeoutMs: 190_000 });
}

/** Deletes a namespace without waiting, which takes a minute while its pods end. */
export async function abandonNamespace(namespace: string): Promise<void> {
  await kubectl.run(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
}

/** Creates a namespace with a name of its own, which is deleted after the test. */
export async function createTestNamespace(t: {
  after(clean: () => unknown): void;
}): Promise<string> {
  const name = `shop-deploy-${randomUUID().slice(0, 8)}`;
  await kubectl.read(["create", "namespace", name]);
  t.after(() => abandonNamespace(name));
  return name;
}
