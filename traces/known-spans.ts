import type { TraceSpan } from "./span.ts";

type Named = Pick<TraceSpan, "service" | "name">;

/** Whether Knative's activator recorded the span. */
export function isActivator({ service }: Named): boolean {
  return service === "activator";
}

/** Whether the span is the activator's wait for a pod. */
export function isActivatorWait(span: Named): boolean {
  return isActivator(span) && span.name === "throttler_try";
}

/** Whether queue-proxy recorded the span, which it does under the function's name. */
export function isQueueProxy({ name }: Named): boolean {
  return name.startsWith("kn.queueproxy");
}

/** Whether the span is the boot of a function's process. */
export function isBoot({ name }: Named): boolean {
  return name === "faas.boot";
}

/** The phase of the boot that the span is, such as `modules`; undefined for every other span. */
export function bootPhaseOf({ name }: Named): string | undefined {
  return name.startsWith("faas.boot.") ? name.slice("faas.boot.".length) : undefined;
}

/** Whether the span is the boot of a function's process, or one of its phases. */
export function isBootOrPhase(span: Named): boolean {
  return isBoot(span) || bootPhaseOf(span) !== undefined;
}
