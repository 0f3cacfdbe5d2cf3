import type { FuncYaml } from "../func-yaml.ts";

/**
 * The Knative Service that `func deploy` creates from a func.yaml (knative/func, pkg/knative/deployer.go,
 * generateNewService): HTTP probes on the port, no name of the port, nothing of what func.yaml cannot
 * say. With it, what the recipe of `shop func` relies on is tested where there is no func.
 */
export function writeAsFunc(
  func: FuncYaml & { deploy: { annotations?: Record<string, string> } },
  image: string,
  built: Date,
): object {
  const { scale, resources } = func.deploy.options;
  const { concurrency, ...limits } = resources.limits;
  const labels = {
    "function.knative.dev": "true",
    "function.knative.dev/name": func.name,
    "function.knative.dev/runtime": "typescript",
  };
  const annotations = func.deploy.annotations ?? {};
  const volumes = func.run?.volumes ?? [];
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: func.name, labels, annotations },
    spec: {
      template: {
        metadata: {
          labels,
          annotations: {
            ...annotations,
            "autoscaling.knative.dev/min-scale": String(scale.min),
            "autoscaling.knative.dev/max-scale": String(scale.max),
            "autoscaling.knative.dev/metric": scale.metric,
            "autoscaling.knative.dev/target": String(scale.target),
          },
        },
        spec: {
          containerConcurrency: concurrency,
          containers: [
            {
              image,
              env: [{ name: "BUILT", value: built.toISOString() }, ...(func.run?.envs ?? [])],
              livenessProbe: { httpGet: { path: "/health/liveness" } },
              readinessProbe: { httpGet: { path: "/health/readiness" } },
              resources: { requests: resources.requests, limits },
              securityContext: {
                runAsNonRoot: true,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                seccompProfile: { type: "RuntimeDefault" },
              },
              volumeMounts: volumes.map(({ path }, index) => ({
                name: `empty-dir-${index}`,
                mountPath: path,
              })),
            },
          ],
          volumes: volumes.map(({ emptyDir }, index) => ({ name: `empty-dir-${index}`, emptyDir })),
        },
      },
    },
  };
}
