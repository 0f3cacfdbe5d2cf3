import { randomBytes } from "node:crypto";
import { type KubeObject, shopLabels } from "#backends/kube-objects.ts";
import { type Kubectl, KubectlError } from "#backends/kubectl.ts";

// The annotation of a workload that needs a Secret with a random password: the Secret's name.
const annotation = "hipstershop.dev/generated-secret";

const key = "password";

/** The names of the Secrets with a random password that the objects need. */
export function findGeneratedSecrets(objects: readonly KubeObject[]): string[] {
  const names = objects.map(({ metadata }) => metadata.annotations?.[annotation]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

// The placeholder of many manifests, among them those of earlier releases.
const placeholder = "change-me";

// With the spaces and the end of a line that files and `echo` add.
const placeholders = ["", " "].flatMap((before) =>
  ["", "\n", "\r\n", " ", " \n"].map((after) => `${before}${placeholder}${after}`),
);
const encodedPlaceholders = placeholders.map((value) => Buffer.from(value).toString("base64"));

/** A line for each object that has the placeholder `change-me` as a value, which is not a password. */
export function findPlaceholders(objects: readonly KubeObject[]): string[] {
  return objects
    .filter((object) => {
      const text = JSON.stringify(object);
      return [...placeholders, ...encodedPlaceholders].some((value) =>
        text.includes(JSON.stringify(value)),
      );
    })
    .map(
      ({ kind, metadata }) =>
        `${kind} ${metadata.name} has the value ${placeholder}: leave the password out, so that deploy creates one, or set another one`,
    );
}

/**
 * Checks the existing Secrets, which are kept: returns a line for each that has no password, or the
 * placeholder `change-me`. Rejects with KubectlError.
 */
export async function checkSecrets(
  kubectl: Kubectl,
  names: readonly string[],
  namespace: string,
): Promise<string[]> {
  // The template does not print the value.
  const encoded = encodedPlaceholders.map((value) => JSON.stringify(value)).join(" ");
  const found = `{{ if eq . ${encoded} }} placeholder{{ else }} set{{ end }}`;
  const template = `go-template=found{{ with .data }}{{ with .${key} }}${found}{{ end }}{{ end }}`;
  const problems = names.map(async (name) => {
    const args = ["get", "secret", name, "-n", namespace, "--ignore-not-found", "-o", template];
    const state = await kubectl.read(args);
    const problem = { found: `no key ${key}`, "found placeholder": `the password ${placeholder}` }[
      state
    ];
    if (problem === undefined) return [];
    return [
      `Secret ${name} in namespace ${namespace} has ${problem}: set it, or delete the Secret, so that deploy creates it`,
    ];
  });
  return (await Promise.all(problems)).flat();
}

/**
 * Creates the missing Secrets, each with a random password. Returns the names of the created Secrets.
 * Rejects with KubectlError.
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

/** A Secret with a new password of 192 random bits, in characters that need no quoting. */
export function createSecret(name: string): KubeObject & { stringData: Record<string, string> } {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, labels: { ...shopLabels } },
    stringData: { [key]: randomBytes(24).toString("base64url") },
  };
}
