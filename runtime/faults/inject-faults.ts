import type { ServerResponse } from "node:http";
import { type FaultInjector, type FaultPoint, setFaultInjector } from "../fault-hook.ts";
import { log } from "../log.ts";
import { counter } from "../metrics.ts";
import { type RequestError, toRequestError } from "../request-error.ts";
import { type FaultRule, matches } from "./fault-rule.ts";
import { beforeResponse } from "./hold-response.ts";
import { parseFaults } from "./parse-faults.ts";
import { performFault } from "./perform-fault.ts";

const injected = counter({
  name: "shop_faults_injected_total",
  help: "Faults that SHOP_FAULTS injected into calls of this function.",
  labels: ["side", "target", "kind"],
});

/**
 * Injects the faults of a text into all calls of this process from now on; an empty text ends the
 * injection.
 *
 * @param source the name of the text in errors
 * @throws ConfigError with one line for each malformed rule; the previous rules stay
 */
export function injectFaults(text: string, source?: string): void {
  const rules = parseFaults(text, source);
  setFaultInjector(rules.length > 0 ? createFaultInjector(rules) : undefined);
  if (rules.length === 0) log.info("no faults are injected");
  else log.warn("faults are injected", { faults: rules.map((rule) => rule.text) });
}

/** Creates an injector of the rules; `random` selects the calls and the latencies. */
export function createFaultInjector(
  rules: readonly FaultRule[],
  random: () => number = Math.random,
): FaultInjector {
  const select = (point: FaultPoint) => {
    const selected = rules.filter((rule) => matches(rule, point) && random() < rule.rate);
    const before = selected.filter(({ when }) => when === "before");
    return { before, after: selected.filter(({ when }) => when === "after") };
  };
  const perform = async (selected: readonly FaultRule[], point: FaultPoint) => {
    for (const rule of selected) {
      mark(rule, point);
      await performFault(rule, point, random);
    }
  };
  return {
    call: async (point, work) => {
      const { before, after } = select(point);
      await perform(before, point);
      try {
        return await work();
      } finally {
        await perform(after, point);
      }
    },
    request: async (point, work) => {
      const { before, after } = select(point);
      try {
        await perform(before, point);
      } catch (error) {
        const route = before.find(({ target }) => target.route !== "")?.target.route;
        if (route !== undefined) point.setRoute(route);
        return refuse(point.response, toRequestError(error));
      }
      // The work is done when the response starts; the handler may end later.
      if (after.length > 0) beforeResponse(point.response, () => perform(after, point));
      await work();
    },
  };
}
function refuse(response: ServerResponse, { status, message }: RequestError): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${message}\n`);
}

// Before the fault, as a crash leaves no time for it. A span or a metric that a crash loses is in the log.
function mark(
  { text, targetText, fault: { kind } }: FaultRule,
  { side, target, span }: FaultPoint,
) {
  injected.inc({ side, target: targetText, kind });
  span?.setAttribute("fault.injected", text);
  span?.addEvent("fault injected", { "fault.rule": text });
  const write = kind === "crash" ? log.warn : log.debug;
  write(`injecting a fault into ${target}: ${text}`);
}
