import { stringify } from "yaml";
import { listUsedMetrics, type UsedMetric } from "./used-metrics.ts";

/**
 * How a scrape job finds pods: the keys that Prometheus' configuration has for it, for the pods of a
 * namespace; of Prometheus' own namespace if none is given.
 */
export type PodDiscovery = (namespace?: string) => object;

/** Prometheus' own discovery, by the API server. */
export const kubernetesDiscovery: PodDiscovery = (namespace) => ({
  kubernetes_sd_configs: [
    {
      role: "pod",
      namespaces: namespace === undefined ? { own_namespace: true } : { names: [namespace] },
    },
  ],
});

type RelabelRule = Readonly<Record<string, unknown>>;

/**
 * Prometheus' configuration as YAML.
 *
 * Pods are found through the API server and are scraped one by one, by address: a scrape through a
 * Service's name would pass the activator, start a function at zero, and keep it running.
 *
 * Each cold start makes a new pod and so new series, which stay in memory until the head block is cut. Only
 * metrics that a dashboard, a rule or a command reads are stored.
 */
export function writeScrapeConfig(discovery: PodDiscovery): string {
  const used = listUsedMetrics();
  const config = {
    global: {
      scrape_interval: "15s",
      evaluation_interval: "15s",
      external_labels: { shop: "hipster-shop" },
    },
    rule_files: ["/etc/prometheus/*.rules.yml"],
    scrape_configs: [
      // The functions' own metrics, on a port of the pod that no Service names.
      podJob("functions", 9464, [dropMonolith], { discovery, used }),
      // What queue-proxy sees of the same requests (config-observability: request-metrics-protocol).
      podJob("queue-proxy", 9091, [], { discovery, used }),
      knativeJob(discovery, used),
      {
        job_name: "prometheus",
        static_configs: [{ targets: ["localhost:9090"] }],
        metric_relabel_configs: [keepUsed(used, ["prometheus"])],
      },
    ],
  };
  const head =
    "# Written from observability/scrape/scrape-config.ts by npm run generate: change it there.\n";
  return head + stringify(config, { lineWidth: 0, aliasDuplicateObjects: false });
}

// A function may live for less than a minute.
const often = { scrape_interval: "5s", scrape_timeout: "3s" };

/** One target for each pod of a function. */
function podJob(
  jobName: string,
  port: number,
  drop: readonly RelabelRule[],
  { discovery, used }: { discovery: PodDiscovery; used: readonly UsedMetric[] },
): object {
  return {
    job_name: jobName,
    ...often,
    ...discovery(),
    relabel_configs: [onePerPod, ...drop, ...podLabels(port)],
    metric_relabel_configs: [keepUsed(used, [jobName])],
  };
}

// The monolith: its functions' ports are inside of its container.
const dropMonolith: RelabelRule = {
  source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_name"],
  regex: "hipster-shop",
  action: "drop",
};

/** Knative's own parts, each a job by its name (config-observability: metrics-protocol). */
function knativeJob(discovery: PodDiscovery, used: readonly UsedMetric[]): object {
  const parts = ["activator", "autoscaler", "controller"];
  return {
    job_name: "knative-serving",
    ...often,
    ...discovery("knative-serving"),
    relabel_configs: [
      {
        source_labels: [
          "__meta_kubernetes_pod_label_app",
          "__meta_kubernetes_pod_container_port_name",
        ],
        regex: `(${parts.join("|")});metrics`,
        action: "keep",
      },
      rename("__meta_kubernetes_pod_label_app", "job"),
      rename("__meta_kubernetes_pod_name", "pod"),
    ],
    metric_relabel_configs: [
      keepUsed(used, parts),
      // The same label names as in the functions' own metrics.
      { ...rename("kn_service_name", "service"), regex: "(.+)" },
      { ...rename("kn_revision_name", "revision"), regex: "(.+)" },
      { ...rename("k8s_namespace_name", "namespace"), regex: "(.+)" },
    ],
  };
}

// One target for each pod, by the port on which its function takes requests.
const onePerPod: RelabelRule = {
  source_labels: [
    "__meta_kubernetes_pod_label_app_kubernetes_io_part_of",
    "__meta_kubernetes_pod_container_name",
    "__meta_kubernetes_pod_container_port_number",
  ],
  regex: "hipster-shop;user-container;8080",
  action: "keep",
};

function podLabels(port: number): RelabelRule[] {
  return [
    // A pod that is not ready is not a target, so that a function at zero does not count as down. A pod that
    // is ending answers while it drains, for 30 s, and is no longer ready within that time.
    { source_labels: ["__meta_kubernetes_pod_ready"], regex: "true", action: "keep" },
    { ...rename("__meta_kubernetes_pod_ip", "__address__"), replacement: `$1:${port}` },
    rename("__meta_kubernetes_pod_label_serving_knative_dev_service", "service"),
    rename("__meta_kubernetes_pod_label_serving_knative_dev_revision", "revision"),
    rename("__meta_kubernetes_pod_name", "pod"),
    rename("__meta_kubernetes_namespace", "namespace"),
  ];
}

function rename(from: string, to: string): RelabelRule {
  return { source_labels: [from], target_label: to };
}

/** Keeps the metrics that queries read from the given jobs. Prometheus' own `up` is always kept. */
function keepUsed(used: readonly UsedMetric[], jobs: readonly string[]): RelabelRule {
  const names = used
    .filter(({ name, takesJob }) => name !== "up" && !name.includes(":") && jobs.some(takesJob))
    .map(({ name }) => name);
  const regex = [...new Set(names)].toSorted().join("|");
  return { source_labels: ["__name__"], regex, action: "keep" };
}
