import { parseDurationMs } from "../environment.ts";
import { type StatusCode, statusCodes } from "../status.ts";
import type { Fault, FaultTarget, Quantile } from "./fault-rule.ts";

/** Part of a rule is wrong; the message is a clause with the value and what is expected. */
export class FaultProblem extends Error {}

const maxWaitMs = 24 * 3_600_000;
const maxLeakBytes = 1024 ** 4;

/** Parses the kind of a fault and its value, which is empty if it was not given. Throws FaultProblem. */
export function parseFault(kind: string, value: string, target: FaultTarget): Fault {
  switch (kind) {
    case "latency":
      return { kind, quantiles: parseLatency(value) };
    case "status":
      return { kind, status: parseStatus(value, target) };
    case "hang":
    case "crash":
      if (value === "") return { kind };
      throw wrong(kind, value, "before or after");
    case "cpu":
      return { kind, durationMs: parseWaitMs(value) ?? fail(kind, value, durationRule) };
    case "leak":
      return { kind, bytes: parseBytes(value) ?? fail(kind, value, bytesRule) };
    default:
      throw wrong("the fault", kind, "latency, status, hang, crash, cpu or leak");
  }
}

const durationRule = "a duration such as 200ms or 1.5s, at most 24h";
const bytesRule = "a number of bytes such as 500000, 64Ki or 10Mi, at most 1024Gi";
const latencyRule =
  "a duration such as 200ms, a range such as 100ms..2s, or quantiles such as p50=20ms,p99=2s, at most 24h";

function parseLatency(value: string): readonly Quantile[] {
  const reject = (): never => fail("latency", value, latencyRule);
  const range = value.split("..");
  if (!value.includes("=") && range.length <= 2) {
    const times = range.map((each) => parseWaitMs(each) ?? reject());
    const [min = 0, max = min] = times;
    return min > max
      ? fail("latency", value, "a range from the shorter to the longer duration")
      : [
          [0, min],
          [1, max],
        ];
  }
  const quantiles = value.split(",").map((each): Quantile => {
    const [, percent = "", time = ""] = /^p(\d{1,3}(?:\.\d+)?)=(\S+)$/.exec(each.trim()) ?? [];
    const ms = parseWaitMs(time);
    return percent === "" || Number(percent) > 100 || ms === undefined
      ? reject()
      : [Number(percent) / 100, ms];
  });
  const isAscending = quantiles.every(([share, ms], at) => {
    const previous = quantiles[at - 1];
    return !previous || (share > previous[0] && ms >= previous[1]);
  });
  return isAscending ? quantiles : fail("latency", value, "quantiles in ascending order");
}

function parseStatus(value: string, { kind }: FaultTarget): StatusCode | number {
  if (kind === "http") {
    if (/^[45]\d\d$/.test(value)) return Number(value);
    return fail("status", value, "an HTTP status from 400 to 599");
  }
  const code = statusCodes.find((each) => each === value);
  return code ?? fail("status", value, `one of ${statusCodes.join(", ")}`);
}

function parseWaitMs(text: string): number | undefined {
  const ms = parseDurationMs(text.trim());
  return ms !== undefined && ms <= maxWaitMs ? ms : undefined;
}

const unitBytes: Readonly<Record<string, number>> = { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

// As Kubernetes writes quantities of memory.
function parseBytes(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d{1,15})(Ki|Mi|Gi)?$/.exec(text) ?? [];
  const bytes = Number(amount) * (unitBytes[unit] ?? 1);
  return bytes > 0 && bytes <= maxLeakBytes ? bytes : undefined;
}

/** The problem of a value. */
export function wrong(what: string, value: string, expected: string): FaultProblem {
  const is = value === "" ? "missing" : JSON.stringify(value);
  return new FaultProblem(`${what} is ${is}: expected ${expected}`);
}

function fail(what: string, value: string, expected: string): never {
  throw wrong(what, value, expected);
}
