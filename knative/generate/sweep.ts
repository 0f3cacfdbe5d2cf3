import { shopLabels } from "#backends/kube-objects.ts";
import { addressVariableOf } from "#manifest/call-graph.ts";
import type { Manifest } from "#manifest/manifest.ts";
import { securityContext, writeDocument } from "./service.ts";

/** Writes the CronJob that runs a function's program with the argument `sweep` at its interval. */
export function writeSweep(func: Manifest & { readonly sweepIntervalMs: number }): string {
  const name = `${func.name}-sweep`;
  const labels = { "app.kubernetes.io/name": name, ...shopLabels };
  const container = {
    name: "sweep",
    image: `shop/${func.name}`,
    args: ["sweep"],
    env: [{ name: addressVariableOf(func.name), value: `${func.name}.shop.svc.cluster.local:80` }],
    resources: {
      requests: { cpu: "10m", memory: "64Mi" },
      limits: { cpu: "500m", memory: "128Mi" },
    },
    securityContext,
  };
  return writeDocument(func, {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name, labels },
    spec: {
      schedule: writeSchedule(func.sweepIntervalMs),
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 60,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      jobTemplate: {
        metadata: { labels },
        spec: {
          // The next sweep is the retry.
          backoffLimit: 0,
          // More than the cold start of the function and its longest request (timeoutSeconds).
          activeDeadlineSeconds: 120,
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: "Never",
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              containers: [container],
            },
          },
        },
      },
    },
  });
}

/**
 * The cron schedule of an interval in milliseconds.
 *
 * @param intervalMs minutes that divide an hour, or hours that divide a day
 */
export function writeSchedule(intervalMs: number): string {
  const minutes = intervalMs / 60_000;
  if (minutes < 60) return minutes === 1 ? "* * * * *" : `*/${minutes} * * * *`;
  const hours = minutes / 60;
  return hours === 24 ? "0 0 * * *" : `0 */${hours} * * *`;
}
