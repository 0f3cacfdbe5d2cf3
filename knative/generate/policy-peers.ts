// Knative sets this label, so it is on the pods that kn and func create too.
const serviceLabel = "serving.knative.dev/service";

/** A condition on one label. */
export interface LabelCondition {
  /** The name of the label. */
  readonly key: string;
  /** How the label's value is compared with `values`, or whether the label exists. */
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  /** The values of `In` and `NotIn`. */
  readonly values?: readonly string[];
}

/** Selects pods or namespaces by their labels. */
export interface LabelSelector {
  /** Labels with their values. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  /** Conditions, all of which have to be true. */
  readonly matchExpressions?: readonly LabelCondition[];
}

/** Pods, or addresses, at one end of a connection. */
export interface Peer {
  /** Pods with these labels; in the policy's namespace if `namespaceSelector` is missing. */
  readonly podSelector?: LabelSelector;
  /** Pods of these namespaces. */
  readonly namespaceSelector?: LabelSelector;
  /** Addresses outside of the cluster. */
  readonly ipBlock?: { readonly cidr: string };
}

/** A port of a pod. */
export interface PolicyPort {
  /** The number of the container's port, not that of a Service. */
  readonly port: number;
  /** `TCP` if missing. */
  readonly protocol?: "TCP" | "UDP";
}

/** TCP ports. */
export function tcp(...ports: readonly number[]): PolicyPort[] {
  return ports.map((port) => ({ port }));
}

/** Knative Services of the namespace by their names; without names, all of them. */
export function servicePods(names?: readonly string[]): LabelSelector {
  return names === undefined
    ? { matchExpressions: [{ key: serviceLabel, operator: "Exists" }] }
    : { matchExpressions: [{ key: serviceLabel, operator: "In", values: names }] };
}

/** Pods by their label `app.kubernetes.io/name`. */
export function workloadPods(...names: readonly string[]): LabelSelector {
  return { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: names }] };
}

function inNamespace(name: string, key: string, ...values: readonly string[]): Peer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
    podSelector: { matchExpressions: [{ key, operator: "In", values }] },
  };
}

/** Ports on which queue-proxy serves a function: HTTP/1.1, h2c, and TLS between Knative's components. */
export const queueProxyPorts = tcp(8012, 8013, 8112);

/** Knative Serving's components that send requests to pods, or probe them. */
export const activator = inNamespace("knative-serving", "app", "activator", "autoscaler");

/** Knative Serving's component that reads the concurrency of pods. */
export const autoscaler = inNamespace("knative-serving", "app", "autoscaler");

/** Knative Serving's components that have metrics and send spans. */
export const servingComponents = inNamespace(
  "knative-serving",
  "app",
  ...["activator", "autoscaler", "controller"],
);

/**
 * The gateways of Kourier, Contour and Istio, as their manifests and Knative's operator install them. Both
 * the public and the cluster-local gateway send requests to pods.
 */
export const gateways: readonly Peer[] = [
  inNamespace("kourier-system", "app", "3scale-kourier-gateway"),
  inNamespace("knative-serving", "app", "3scale-kourier-gateway"),
  inNamespace("contour-external", "app", "envoy"),
  inNamespace("contour-internal", "app", "envoy"),
  inNamespace("istio-system", "istio", "ingressgateway"),
];

/** Cluster-local gateways with the ports of their pods, by which a function calls another one. */
export const localGateways: readonly {
  readonly to: readonly Peer[];
  readonly ports: PolicyPort[];
}[] = [
  // Kourier and Istio; with TLS 8444.
  {
    to: [
      inNamespace("kourier-system", "app", "3scale-kourier-gateway"),
      inNamespace("knative-serving", "app", "3scale-kourier-gateway"),
      inNamespace("istio-system", "istio", "ingressgateway"),
    ],
    ports: tcp(8081, 8444),
  },
  { to: [inNamespace("contour-internal", "app", "envoy")], ports: tcp(8080, 8443) },
];

/** The multi-tenant Broker's ingress, to which checkoutservice sends events. */
export const brokerIngress = {
  to: [inNamespace("knative-eventing", "eventing.knative.dev/brokerRole", "ingress")],
  ports: tcp(8080, 8443),
} as const;

/** Components of Knative Eventing that deliver events. Without a mesh they do it through the gateway. */
export const eventSenders: readonly Peer[] = [
  inNamespace("knative-eventing", "eventing.knative.dev/brokerRole", "ingress", "filter"),
  inNamespace("knative-eventing", "messaging.knative.dev/role", "dispatcher"),
];

/** The cluster's DNS, and the default address of NodeLocal DNSCache. */
export const dns = {
  to: [
    inNamespace("kube-system", "k8s-app", "kube-dns"),
    { ipBlock: { cidr: "169.254.20.10/32" } },
  ],
  ports: [
    { port: 53, protocol: "UDP" },
    { port: 53, protocol: "TCP" },
  ],
} as const;

/**
 * The API server. It is not a pod, and its addresses differ between clusters and change, so its usual ports
 * are open to all addresses.
 */
export const apiServer = {
  to: [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }],
  ports: tcp(443, 6443),
} as const;

/** A mail server, inside or outside of the cluster: its usual ports at all addresses. */
export const mailServer = { ports: tcp(25, 465, 587, 2525) } as const;
