import type { KubeObject } from "#backends/kube-objects.ts";
import { writeMonolithService } from "#knative/generate/monolith-service.ts";
import { retarget } from "#knative/manifests/render-manifests.ts";
import { monolithName } from "#manifest/manifest.ts";
import { floorFunction } from "../experiment/entry-function.ts";
import { type KnativeService, studyLabel } from "./apply-policy.ts";

/**
 * The Knative Service of the smallest server that the platform can run: busybox's httpd. The shell
 * ends it at SIGTERM, which a PID 1 without a handler ignores.
 */
export function writeFloorService(image: string, namespace: string): KnativeService {
  const script =
    "mkdir -p /tmp/www && echo ok > /tmp/www/index.html && httpd -f -p 8080 -h /tmp/www & trap 'kill $!; exit 0' TERM; wait";
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: floorFunction, namespace, labels: { [studyLabel]: "true" } },
    spec: {
      template: {
        spec: {
          containers: [{ image, ...floorContainer, command: ["sh", "-c", script] }],
          ...asFunctions,
        },
      },
    },
  };
}

// The same as for a function's pod, so that only the program differs.
const asFunctions = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  timeoutSeconds: 60,
} as const;

const floorContainer = {
  ports: [{ name: "http1", containerPort: 8080 }],
  resources: {
    requests: { cpu: "50m", memory: "64Mi" },
    limits: { cpu: "1000m", memory: "256Mi" },
  },
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65_532,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  },
} as const;

/**
 * The Service of a function with another image, beside the function's own. It needs no gRPC health
 * check: it is ready, by Knative's default, once its port accepts a connection.
 */
export function writeBaselineService(
  { apiVersion, kind, metadata, spec }: KnativeService,
  image: string,
): KnativeService {
  const [container] = spec.template.spec.containers;
  const name = `${metadata.name}-baseline`;
  const env = [...(container?.env ?? []), { name: "OTEL_SERVICE_NAME", value: name }];
  const containers = [{ ...container, image, env, readinessProbe: undefined }];
  const { labels, namespace } = metadata;
  // The name belongs to a revision of the function.
  const { name: _, ...nameless } = spec.template.metadata ?? {};
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: { ...labels, [studyLabel]: "true" },
    },
    spec: { template: { metadata: nameless, spec: { ...spec.template.spec, containers } } },
  };
}

/** The Service of the monolith, whose spans reach the namespace's Jaeger. */
export function writeOwnMonolithService(image: string, namespace: string): KnativeService {
  const written = writeMonolithService(image) as KubeObject;
  const service = retarget([written], { namespace, images: {} })[0] as KnativeService;
  const labels = { ...service.metadata.labels, [studyLabel]: "true" };
  return { ...service, metadata: { ...service.metadata, name: monolithName, namespace, labels } };
}
