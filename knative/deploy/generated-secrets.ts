import { randomBytes } from "node:crypto";
import { type KubeObject, shopLabels } from "#backends/kube-objects.ts";
import { type Kubectl, KubectlError } from "#backends/kubectl.ts";

// The annotation of a workload whose password is generated: the name of the Secret.
const annotation = "hipstershop.dev/generated-secret";

// The key of all of them.
const key = "password";

/** The Secrets that the objects want generated: their names. */
export function findGeneratedSecrets(objects: readonly KubeObject[]): string[] {
  const names = objects.map(({ metadata }) => metadata.annotations?.[annotation]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/**
 * The problems with Secrets that are there already and are kept: one line for each that has no
 * password.
 */
export async function checkSecrets(
  kubectl: Kubectl,
  names: readonly string[],
  namespace: string,
): Promise<string[]> {
  // The value itself is not read.
  const template = `go-template=found{{ with .data }}{{ with .${key} }} set{{ end }}{{ end }}`;
  const problems = names.map(async (name) => {
    const args = ["get", "secret", name, "-n", namespace, "--ignore-not-found", "-o", template];
    const { stdout } = await kubectl.run(args);
    if (stdout !== "found") return [];
    return [
      `Secret ${name} in namespace ${namespace} has no key ${key}: set it, or delete the Secret, so that deploy makes one`,
    ];
  });
  return (await Promise.all(problems)).flat();
}

/**
 * Creates the Secrets that are missing, each with a random password. One that is there is kept. Answers
 * the names of those that were created.
 */
export async function createSecrets(
  kubectl: Kubectl,
  names: readonly string[],
  namespace: string,
): Promise<string[]> {
  const created: string[] = [];
  for (const name of names) {
    const args = ["create", "-n", namespace, "-f", "-"];
    const result = await kubectl.run(args, { input: JSON.stringify(createSecret(name)) });
    if (result.exitCode === 0) created.push(name);
    else if (!result.stderr.includes("(AlreadyExists)")) throw new KubectlError(args, result);
  }
  return created;
}

/** A Secret with a new password of 192 random bits, in letters that need no quoting. */
export function createSecret(name: string): KubeObject & { stringData: Record<string, string> } {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, labels: { ...shopLabels } },
    stringData: { [key]: randomBytes(24).toString("base64url") },
  };
}
