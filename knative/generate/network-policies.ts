import { stringify } from "yaml";
import { type KubeObject, shopLabels } from "#backends/kube-objects.ts";
import { type BackingService, receivesEvents } from "#manifest/annotations.ts";
import type { Manifest } from "#manifest/manifest.ts";
import {
  activator,
  apiServer,
  autoscaler,
  brokerIngress,
  dns,
  eventSenders,
  gateways,
  type LabelSelector,
  localGateways,
  mailServer,
  type Peer,
  type PolicyPort,
  queueProxyPorts,
  servicePods,
  servingComponents,
  tcp,
  workloadPods,
} from "./policy-peers.ts";

/** Connections that a policy allows: from or to any of the peers, all if they are missing. */
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly PolicyPort[];
}

/** The rules for some pods. A direction without rules is denied by the policy `default-deny`. */
interface Rules {
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

const allFunctions = servicePods();

// Zipkin, and OTLP by gRPC, which queue-proxy sends, and by HTTP.
const spanPorts = tcp(9411, 4317, 4318);

// A function's own metrics, and those of its queue-proxy.
const metricsPorts = tcp(9464, 9091);

const toJaeger: Rule = { to: [{ podSelector: workloadPods("jaeger") }], ports: spanPorts };

/**
 * The network policies of the namespace, from the call graph and the annotations of the functions: what is
 * not listed is denied, in both directions.
 */
export function listNetworkPolicies(functions: readonly Manifest[]): KubeObject[] {
  const namesOf = (selects: (func: Manifest) => boolean) => serviceNamesWhere(functions, selects);
  const clientsOf = (service: BackingService) =>
    servicePods(namesOf(({ backingServices }) => backingServices.includes(service)));
  const sweeps = functions.flatMap(({ name, sweepIntervalMs }) =>
    sweepIntervalMs === undefined ? [] : [`${name}-sweep`],
  );
  return [
    writePolicy("default-deny", {}, { ingress: [], egress: [] }),
    writePolicy("functions", allFunctions, {
      ingress: [
        { from: [activator, ...gateways], ports: queueProxyPorts },
        { from: [autoscaler], ports: tcp(9090) },
        { from: [{ podSelector: workloadPods("prometheus") }], ports: metricsPorts },
      ],
      egress: [dns, toJaeger],
    }),
    writePolicy(
      "function-calls",
      servicePods(namesOf(({ dependencies }) => dependencies.length > 0)),
      { egress: localGateways },
    ),
    writePolicy("sweeps", workloadPods(...sweeps), { egress: [dns, ...localGateways] }),
    writePolicy("event-receivers", servicePods(functions.filter(receivesEvents).map(eventsName)), {
      ingress: [{ from: eventSenders, ports: queueProxyPorts }],
    }),
    writePolicy("broker-clients", clientsOf("broker"), { egress: [brokerIngress] }),
    writePolicy("mail-clients", clientsOf("smtp"), { egress: [mailServer] }),
    writePolicy("redis-clients", clientsOf("redis"), {
      egress: [{ to: [{ podSelector: workloadPods("redis") }], ports: tcp(6379) }],
    }),
    writePolicy("redis", workloadPods("redis"), {
      ingress: [{ from: [{ podSelector: clientsOf("redis") }], ports: tcp(6379) }],
    }),
    ...listObservabilityPolicies(),
  ];
}

function listObservabilityPolicies(): KubeObject[] {
  const pods = (name: string) => [{ podSelector: workloadPods(name) }];
  return [
    writePolicy("jaeger", workloadPods("jaeger"), {
      ingress: [
        { from: [{ podSelector: allFunctions }], ports: spanPorts },
        { from: [servingComponents], ports: tcp(4317) },
        { from: pods("grafana"), ports: tcp(16686) },
      ],
    }),
    writePolicy("prometheus", workloadPods("prometheus"), {
      ingress: [{ from: pods("grafana"), ports: tcp(9090) }],
      egress: [
        dns,
        // It discovers pods.
        apiServer,
        { to: [{ podSelector: allFunctions }], ports: metricsPorts },
        { to: [servingComponents], ports: tcp(9090) },
      ],
    }),
    writePolicy("grafana", workloadPods("grafana"), {
      egress: [
        dns,
        { to: pods("prometheus"), ports: tcp(9090) },
        { to: pods("jaeger"), ports: tcp(16686) },
      ],
    }),
  ];
}

/**
 * The policy by which functions fetch the cluster's keys from the API server, for the overlay `auth`. The
 * storefront verifies no callers.
 */
export function writeTokenKeysPolicy(functions: readonly Manifest[]): KubeObject {
  const pods = servicePods(serviceNamesWhere(functions, ({ isPublic }) => !isPublic));
  const policy = writePolicy("token-keys", pods, { egress: [apiServer] });
  // A component has no namespace of its own.
  return { ...policy, metadata: { ...policy.metadata, namespace: "shop" } };
}

/** Writes policies as a YAML stream. */
export function formatPolicies(policies: readonly KubeObject[]): string {
  const head =
    "# Written from the functions' func.yaml files by npm run generate: change it there.\n";
  const options = { lineWidth: 0, aliasDuplicateObjects: false };
  return head + policies.map((policy) => stringify(policy, options)).join("---\n");
}

function writePolicy(name: string, podSelector: LabelSelector, rules: Rules): KubeObject {
  const { ingress, egress } = rules;
  const policyTypes = [...(ingress ? ["Ingress"] : []), ...(egress ? ["Egress"] : [])];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, labels: { ...shopLabels } },
    spec: {
      podSelector,
      policyTypes,
      ...(ingress?.length && { ingress }),
      ...(egress?.length && { egress }),
    },
  };
}

function serviceNamesWhere(
  functions: readonly Manifest[],
  selects: (func: Manifest) => boolean,
): string[] {
  return functions.filter(selects).flatMap(serviceNamesOf);
}

// The Service that receives a function's events runs the same program, with the same addresses.
function serviceNamesOf(func: Manifest): string[] {
  return receivesEvents(func) ? [func.name, eventsName(func)] : [func.name];
}

function eventsName({ name }: Manifest): string {
  return `${name}-events`;
}
