import { stringify } from "yaml";
import { shopLabels } from "#backends/kube-objects.ts";
import { findDeadLetterSink } from "#manifest/annotations.ts";
import { deliveryPolicy } from "#manifest/delivery-policy.ts";
import type { Manifest } from "#manifest/manifest.ts";
import { triggerNameOf } from "./identity-names.ts";

/**
 * Writes a Trigger for each subscription of a function.
 *
 * @param functions all functions, among which are the receivers of dead letters
 */
export function writeTriggers(func: Manifest, functions: readonly Manifest[]): string {
  return func.deploy.subscriptions
    .map(({ source, filters }, index) => {
      const sink = findDeadLetterSink(functions, filters.type);
      return stringify({
        apiVersion: "eventing.knative.dev/v1",
        kind: "Trigger",
        metadata: { name: triggerNameOf(func.name, index), labels: shopLabels },
        spec: {
          broker: source,
          filter: { attributes: filters },
          subscriber: referTo(func),
          // The in-memory channel stops when its sender's request ends: the sender then sends the event
          // again.
          delivery: {
            retry: deliveryPolicy.retry,
            backoffPolicy: "exponential",
            backoffDelay: `PT${deliveryPolicy.backoffDelayMs / 1000}S`,
            ...(sink && { deadLetterSink: referTo(sink) }),
          },
        },
      });
    })
    .join("---\n");
}

function referTo({ name }: Manifest): object {
  return {
    ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: `${name}-events` },
  };
}
