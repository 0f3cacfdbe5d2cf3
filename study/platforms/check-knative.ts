import type { Mistake } from "../experiment/describe-error.ts";
import type { Condition, Experiment, Policy } from "../experiment/experiment.ts";

/** Why a cluster cannot run a condition with the given images; undefined if it can. */
export function explainNotKnative(
  { deployment }: Condition,
  images: Readonly<Record<string, string>>,
): string | undefined {
  if (deployment === "ten" || images[deployment] !== undefined) return undefined;
  return `deployment ${deployment} requires an image: --${deployment}-image`;
}

/** The values of an experiment's policies that Knative's webhook would reject. */
export function checkForKnative({ conditions }: Experiment): Mistake[] {
  return conditions.flatMap(({ policy }, index) =>
    findRefusals(policy).map((message) => ({
      path: ["conditions", String(index)],
      what: "value" as const,
      message,
    })),
  );
}

const hourMs = 3_600_000;

function findRefusals({ windowMs, retentionMs, scaleDownDelayMs }: Policy): string[] {
  const refusals: string[] = [];
  if (windowMs < 6000 || windowMs > hourMs || windowMs % 1000 !== 0) {
    refusals.push(`window is ${windowMs / 1000}s: Knative accepts whole seconds from 6s to 1h`);
  }
  const delays = { retention: retentionMs, scaleDownDelay: scaleDownDelayMs };
  for (const [name, delayMs] of Object.entries(delays)) {
    if (delayMs <= hourMs && delayMs % 1000 === 0) continue;
    refusals.push(`${name} is ${delayMs / 1000}s: Knative accepts whole seconds up to 1h`);
  }
  return refusals;
}
