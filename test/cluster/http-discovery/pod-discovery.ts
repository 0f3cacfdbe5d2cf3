import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { get } from "node:https";
import { text } from "node:stream/consumers";

// HTTP service discovery of pods (GET /?namespaces=a,b) for a Prometheus that was built without Kubernetes
// discovery, as Debian's is. Targets have the labels of kubernetes_sd_configs with role pod, as far as
// prometheus.yml reads them.
//
//   node pod-discovery.ts PORT

interface Pod {
  metadata: { name: string; namespace: string; labels?: Record<string, string> };
  spec: { containers: { name: string; ports?: { name?: string; containerPort: number }[] }[] };
  status: { podIP?: string; phase: string; conditions?: { type: string; status: string }[] };
}

const account = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Prometheus' target groups for pods: one for each port of each container. */
export function describeTargets(pods: readonly Pod[]) {
  return pods.flatMap(({ metadata, spec, status }) =>
    spec.containers.flatMap((container) =>
      (container.ports ?? []).map((port) => ({
        targets: status.podIP ? [`${status.podIP}:${port.containerPort}`] : [],
        labels: {
          __meta_kubernetes_namespace: metadata.namespace,
          __meta_kubernetes_pod_name: metadata.name,
          __meta_kubernetes_pod_ip: status.podIP ?? "",
          __meta_kubernetes_pod_phase: status.phase,
          __meta_kubernetes_pod_ready: String(isReady(status)),
          __meta_kubernetes_pod_container_name: container.name,
          __meta_kubernetes_pod_container_port_name: port.name ?? "",
          __meta_kubernetes_pod_container_port_number: String(port.containerPort),
          ...Object.fromEntries(
            Object.entries(metadata.labels ?? {}).map(([name, value]) => [
              `__meta_kubernetes_pod_label_${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}`,
              value,
            ]),
          ),
        },
      })),
    ),
  );
}

function isReady({ conditions = [] }: Pod["status"]): boolean {
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

async function listPods(namespace: string): Promise<Pod[]> {
  const options = {
    host: "kubernetes.default.svc",
    path: `/api/v1/namespaces/${namespace}/pods`,
    ca: readFileSync(`${account}/ca.crt`),
    // Read for each request, because Kubernetes replaces the token.
    headers: { authorization: `Bearer ${readFileSync(`${account}/token`, "utf8")}` },
    timeout: 5000,
  };
  return new Promise((resolve, reject) => {
    const sent = get(options, (response) => {
      const read = async (): Promise<Pod[]> => {
        const body = await text(response);
        if (response.statusCode === 200) return JSON.parse(body).items;
        throw new Error(`pods of ${namespace}: ${response.statusCode} ${body}`);
      };
      read().then(resolve, reject);
    });
    sent.on("timeout", () => sent.destroy(new Error("the API server did not respond within 5 s")));
    sent.on("error", reject);
  });
}

/** The server, which responds with 503 if the pods cannot be listed. */
export function createDiscovery(): Server {
  return createServer(async (request, response) => {
    try {
      const { searchParams } = new URL(request.url ?? "/", "http://localhost");
      const named = searchParams.get("namespaces") ?? readFileSync(`${account}/namespace`, "utf8");
      const pods = await Promise.all(named.split(",").map(listPods));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(describeTargets(pods.flat())));
    } catch (error) {
      // After status 503 Prometheus keeps its current targets.
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
      response.writeHead(503).end();
    }
  });
}

if (import.meta.main) {
  process.on("SIGTERM", () => process.exit(0));
  createDiscovery().listen(Number(process.argv[2]), "127.0.0.1");
}
