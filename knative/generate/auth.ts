import { join } from "node:path";
import { stringify } from "yaml";
import { shopLabels } from "#backends/kube-objects.ts";
import { receivesEvents } from "#manifest/annotations.ts";
import type { Manifest } from "#manifest/manifest.ts";
import { writtenNamespace } from "../manifests/render-manifests.ts";
import { broker, hostOf, subjectOf } from "./identity-names.ts";
import { formatPolicies, writeTokenKeysPolicy } from "./network-policies.ts";

/** The folder of the component that gives functions identities, from the repository's root. */
export const authFolder = join("knative", "components", "auth");

const mountPath = "/var/run/identity";

/**
 * The files of the component that gives each function a service account of its own, the tokens for its
 * dependencies, and the list of its callers, by their names in the component's folder.
 */
export function writeAuth(functions: readonly Manifest[]): Map<string, string> {
  const patches = functions.flatMap((func) => writePatches(func, functions));
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    resources: ["service-accounts.yaml", "network-policy.yaml"],
    patches: patches.map(({ target }) => ({ path: fileOf(target), target })),
  };
  const accounts = functions.map(({ name }) => writeAccount(name)).join("---\n");
  return new Map([
    ["kustomization.yaml", `# Written by npm run generate.\n${stringify(kustomization)}`],
    ["service-accounts.yaml", `# Written by npm run generate.\n${accounts}`],
    ["network-policy.yaml", formatPolicies([writeTokenKeysPolicy(functions)])],
    ...patches.map(({ target, operations }): [string, string] => [
      fileOf(target),
      `# Written from the functions' func.yaml by npm run generate.\n${stringify(operations, { lineWidth: 0 })}`,
    ]),
  ]);
}

interface Target {
  readonly kind: string;
  readonly name: string;
  readonly group: string;
}

const fileOf = ({ name }: Target) => `${name}.patch.yaml`;

function writeAccount(name: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: {
      name,
      namespace: writtenNamespace,
      labels: { "app.kubernetes.io/name": name, ...shopLabels },
    },
    automountServiceAccountToken: false,
  });
}

/** The patches of a function's Services and CronJob. */
function writePatches(func: Manifest, functions: readonly Manifest[]) {
  const { name, isPublic, sweepIntervalMs, backingServices } = func;
  const service = (target: string) => ({
    kind: "Service",
    name: target,
    group: "serving.knative.dev",
  });
  const verify = (audience: string, callers: readonly string[]) => [
    { name: "TOKEN_AUDIENCE", value: hostOf(audience) },
    { name: "ALLOWED_CALLERS", value: callers.map(subjectOf).join(",") || "none" },
    // Not the address in the API server's discovery document, which may be that of a node.
    { name: "TOKEN_KEYS_URL", value: "https://kubernetes.default.svc/openid/v1/jwks" },
    { name: "TOKEN_KEYS_ACCESS", value: `${mountPath}/keys` },
  ];
  const calls = [
    ...tokensFor(func.dependencies.map((each) => each.name)),
    // Brokers without Knative's own OIDC, which is off by default, ignore it.
    ...(backingServices.includes("broker") ? [writeCallToken(broker.host, broker.audience)] : []),
  ];
  const template = "/spec/template/spec";
  const patches = [
    {
      target: service(name),
      // Anyone may visit the storefront.
      operations: isPublic
        ? addIdentity(template, name, calls)
        : addIdentity(template, name, calls, verify(name, callersOf(func, functions))),
    },
  ];
  if (receivesEvents(func)) {
    const events = `${name}-events`;
    const operations = addIdentity(template, name, calls, verify(events, []));
    patches.push({ target: service(events), operations });
  }
  if (sweepIntervalMs !== undefined) {
    const job = "/spec/jobTemplate/spec/template/spec";
    patches.push({
      target: { kind: "CronJob", name: `${name}-sweep`, group: "batch" },
      operations: [
        { op: "add", path: `${job}/volumes`, value: [] },
        { op: "add", path: `${job}/containers/0/volumeMounts`, value: [] },
        ...addIdentity(job, name, tokensFor([name])),
      ],
    });
  }
  return patches;
}

// The job that sweeps a function calls it under the function's own identity.
function callersOf({ name, sweepIntervalMs }: Manifest, functions: readonly Manifest[]): string[] {
  const callers = functions.filter(({ dependencies }) =>
    dependencies.some((dependency) => dependency.name === name),
  );
  return [
    ...callers.map((caller) => caller.name),
    ...(sweepIntervalMs === undefined ? [] : [name]),
  ];
}

interface Operation {
  readonly op: "add";
  readonly path: string;
  readonly value: unknown;
}

/** The JSON patch that adds a service account with the tokens of calls, and the variables that verify callers. */
function addIdentity(
  pod: string,
  account: string,
  calls: readonly object[],
  verify: readonly object[] = [],
): Operation[] {
  const container = `${pod}/containers/0`;
  const add = (path: string, value: unknown): Operation => ({ op: "add", path, value });
  const sends = calls.length > 0 ? [{ name: "CALL_TOKENS", value: `${mountPath}/calls` }] : [];
  const sources = [...calls, ...(verify.length > 0 ? keysAccess : [])];
  return [
    add(`${pod}/serviceAccountName`, account),
    ...[...sends, ...verify].map((variable) => add(`${container}/env/-`, variable)),
    add(`${container}/volumeMounts/-`, { name: "identity", mountPath, readOnly: true }),
    add(`${pod}/volumes/-`, { name: "identity", projected: { sources } }),
  ];
}

// One for each dependency, so that a dependency cannot use a token that it received for a call to another.
function tokensFor(names: readonly string[]): object[] {
  return names.map((name) => writeCallToken(hostOf(name), hostOf(name)));
}

const writeCallToken = (host: string, audience: string) =>
  writeToken({ audience, path: `calls/${host}` });

const writeToken = (token: { audience?: string; path: string }) => ({
  serviceAccountToken: { ...token, expirationSeconds: 3600 },
});

// For the API server, whose audience is the default.
const keysAccess: readonly object[] = [
  writeToken({ path: "keys/token" }),
  {
    configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "keys/ca.crt" }] },
  },
];
