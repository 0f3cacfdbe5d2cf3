import type { KubeObject } from "#backends/kube-objects.ts";
import { flag, imageOf, knFlags, writeCommand } from "./kn-flags.ts";
import type { ClusterTarget } from "./recipe-services.ts";

/** Whether a command may be given once, or as often as one likes. */
export type KnVerb = "create" | "apply";

/** Writes the command of `kn` that makes a Service as its manifest describes it. */
export function writeServiceCommand(
  service: KubeObject,
  target: ClusterTarget,
  verb: KnVerb,
): string {
  return writeCommand(`kn service ${verb} ${service.metadata.name}`, [
    ...targetFlags(target),
    flag("--image", imageOf(service)),
    ...knFlags(service),
  ]);
}

/**
 * Writes the command of `kn` that makes a Trigger. kn has no `trigger apply`, so the command that can
 * be repeated tries an update first, and no words for how often a delivery is tried again: that is
 * as the Broker has it.
 */
export function writeTriggerCommand(
  trigger: KubeObject,
  target: ClusterTarget,
  verb: KnVerb,
): string {
  const { name } = trigger.metadata;
  const { broker, filter, subscriber } = trigger.spec as unknown as TriggerSpec;
  const flags = [
    ...targetFlags(target),
    ...Object.entries(filter.attributes).map(([key, value]) => flag("--filter", `${key}=${value}`)),
    flag("--sink", `ksvc:${subscriber.ref.name}`),
  ];
  const create = writeCommand(`kn trigger create ${name}`, [flag("--broker", broker), ...flags]);
  if (verb === "create") return create;
  const update = writeCommand(`kn trigger update ${name}`, [...flags, "2>/dev/null"]);
  return `${update} || ${create}`;
}

function targetFlags({ namespace, context }: ClusterTarget): string[] {
  const flags = [flag("--namespace", namespace)];
  return context === undefined ? flags : [...flags, flag("--context", context)];
}

interface TriggerSpec {
  broker: string;
  filter: { attributes: Record<string, string> };
  subscriber: { ref: { name: string } };
}
