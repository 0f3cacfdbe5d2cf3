import { stringify } from "yaml";
import { shopLabels } from "#backends/kube-objects.ts";
import type { FuncYaml } from "#manifest/func-yaml.ts";
import { livenessProbe } from "#manifest/liveness-probe.ts";
import type { Manifest } from "#manifest/manifest.ts";

/**
 * Writes the Knative Service of a function from its func.yaml: the fields that `func deploy` would set,
 * and fields that func.yaml cannot express, such as the port's protocol and the scale window.
 */
export function writeService(func: Manifest): string {
  const { isPublic } = func;
  const labels = { "app.kubernetes.io/name": func.name, ...shopLabels };
  return writeDocument(func, {
    ...serviceType,
    metadata: {
      name: func.name,
      labels: isPublic ? labels : { ...labels, ...clusterLocal },
    },
    // Browsers call the frontend by HTTP/1.1, functions call each other by gRPC: the port's name selects
    // HTTP/2 between the gateway and a function (knative/serving#4283).
    spec: { template: writeTemplate(func, labels, isPublic ? "http1" : "h2c"), traffic },
  });
}

/**
 * Writes the second Service of a function that receives events: the same image with an HTTP/1.1 port,
 * because an h2c Service accepts only HTTP/2.
 */
export function writeEventsService(func: FuncYaml): string {
  const name = `${func.name}-events`;
  const labels = { "app.kubernetes.io/name": name, ...shopLabels };
  return writeDocument(func, {
    ...serviceType,
    metadata: { name, labels: { ...labels, ...clusterLocal } },
    spec: { template: writeTemplate(func, labels, "http1"), traffic },
  });
}

// Set although it is the default, so that applying the manifests ends a release.
const traffic = [{ latestRevision: true, percent: 100 }];

const clusterLocal = { "networking.knative.dev/visibility": "cluster-local" } as const;

/** Writes an object as a YAML document that names the func.yaml it is derived from. */
export function writeDocument({ name }: FuncYaml, object: object): string {
  const head = `# Written from functions/${name}/func.yaml by npm run generate: change it there.\n`;
  return head + stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
}

const serviceType = { apiVersion: "serving.knative.dev/v1", kind: "Service" } as const;

/**
 * Writes the template of a function's revisions: its scaling, container and security context. All volumes
 * are empty folders.
 */
export function writeTemplate(func: FuncYaml, labels: object, protocol: "h2c" | "http1") {
  const { scale, resources } = func.deploy.options;
  const { concurrency, ...limits } = resources.limits;
  const { envs, volumes } = func.run;
  return {
    metadata: { labels, annotations: writeAnnotations(scale) },
    spec: {
      // 0 is unlimited. At 1 requests never share a CPU, and each request of a burst is a cold start.
      containerConcurrency: concurrency,
      // Also the pod's grace period: queue-proxy drains for 30 s of it before a function gets SIGTERM,
      // which may then take 20 s for its background work.
      timeoutSeconds: 60,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        {
          image: `shop/${func.name}`,
          ports: [{ name: protocol, containerPort: 8080 }],
          env: [...envs, ...tracing],
          // Without a period queue-proxy probes every 50 ms, so that readiness is detected quickly.
          readinessProbe:
            protocol === "h2c"
              ? { grpc: { port: 8080 } }
              : { httpGet: { path: "/health/readiness", port: 8080 } },
          livenessProbe: writeLivenessProbe(),
          resources: { requests: resources.requests, limits },
          securityContext,
          volumeMounts: volumes.map(({ path }, index) => ({ name: `v${index}`, mountPath: path })),
        },
      ],
      volumes: volumes.map(({ emptyDir }, index) => ({ name: `v${index}`, emptyDir })),
    },
  };
}

// The delay is for cold starts on a busy node. A start-up probe would delay readiness instead.
function writeLivenessProbe() {
  const { path, ...periods } = livenessProbe;
  return { httpGet: { path, port: 8080 }, initialDelaySeconds: 30, ...periods };
}

function writeAnnotations(scale: FuncYaml["deploy"]["options"]["scale"]) {
  return {
    // Each kept instance avoids cold starts and reserves its requests all the time.
    "autoscaling.knative.dev/min-scale": String(scale.min),
    // Limits the cost of a burst; more requests wait.
    "autoscaling.knative.dev/max-scale": String(scale.max),
    "autoscaling.knative.dev/metric": scale.metric,
    // Concurrent requests per instance: a higher target means fewer instances with higher latency.
    "autoscaling.knative.dev/target": String(scale.target),
    // The activator is only in the path of requests that start an instance. By default it is in the path of
    // all below about five instances, which adds 1 to 2 ms to each call; without a concurrency limit it
    // holds no request back.
    "autoscaling.knative.dev/target-burst-capacity": "0",
    // A deploy starts one instance, which proves that the revision works.
    "autoscaling.knative.dev/initial-scale": "1",
    // The time that an instance without requests is kept: a longer window means fewer cold starts and more
    // pod-seconds per visit.
    "autoscaling.knative.dev/window": "60s",
    "autoscaling.knative.dev/scale-to-zero-pod-retention-period": "0s",
  };
}

const tracing = [
  {
    name: "OTEL_EXPORTER_ZIPKIN_ENDPOINT",
    value: "http://jaeger.shop.svc.cluster.local:9411/api/v2/spans",
  },
];

/** The restricted Pod Security Standard, and a root file system that cannot be written to. */
export const securityContext = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
