import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { get } from "node:https";
import { text } from "node:stream/consumers";

// Kubernetes' pods for a Prometheus that was built without its own discovery of them, as Debian's is:
// answers Prometheus' HTTP service discovery (GET /?namespaces=a,b) with the labels that
// kubernetes_sd_configs of role pod would give, as far as prometheus.yml reads them.
//
//   node pod-discovery.ts PORT

interface Pod {
  metadata: { name: string; namespace: string; labels?: Record<string, string> };
  spec: { containers: { name: string; ports?: { name?: string; containerPort: number }[] }[] };
  status: { podIP?: string; phase: string; conditions?: { type: string; status: string }[] };
}

const account = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Prometheus' target groups of a list of pods: one for each port of each container. */
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
    // Read each time: the token is renewed in place.
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
    sent.on("timeout", () => sent.destroy(new Error("the API server did not answer within 5 s")));
    sent.on("error", reject);
  });
}

/** The server, which answers 503 when the pods cannot be listed. */
export function createDiscovery(): Server {
  return createServer(async (request, response) => {
    try {
      const { searchParams } = new URL(request.url ?? "/", "http://localhost");
      const named = searchParams.get("namespaces") ?? readFileSync(`${account}/namespace`, "utf8");
      const pods = await Promise.all(named.split(",").map(listPods));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(describeTargets(pods.flat())));
    } catch (error) {
      // Prometheus keeps the targets that it has.
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
      response.writeHead(503).end();
    }
  });
}

if (import.meta.main) {
  process.on("SIGTERM", () => process.exit(0));
  createDiscovery().listen(Number(process.argv[2]), "127.0.0.1");
}
