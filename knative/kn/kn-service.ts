import type { KubeObject } from "#backends/kube-objects.ts";
import { formatObjects } from "../manifests/render-manifests.ts";
import { flag, imageOf, knFlags, writeCommand } from "./kn-flags.ts";
import type { ClusterTarget } from "./recipe-services.ts";

/** `create` for a command that runs once, `apply` for one that can be repeated. */
export type KnVerb = "create" | "apply";

/** The kn command that creates a Service as its manifest describes it. */
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
 * The kn command that creates a Trigger. kn has no `trigger apply`, so the command that can be repeated
 * tries an update first. kn has no flags for a Trigger's delivery, so the Broker's applies.
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

/** The command that applies an object for which kn has no command, such as a CronJob. */
export function writeApplyCommand(object: KubeObject, target: ClusterTarget): string {
  const command = ["kubectl apply", ...targetFlags(target), "--filename - <<'EOF'"].join(" ");
  return `${command}\n${formatObjects([object])}EOF`;
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
