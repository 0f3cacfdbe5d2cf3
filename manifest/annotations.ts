import { parseDurationMs } from "#runtime/environment.ts";
import type { FuncYaml } from "./func-yaml.ts";

/** The shop's own settings of a function, which its func.yaml has as annotations. */
export interface Annotations {
  /** The TCP port at which the local platform listens for it; 0 selects a free one. */
  readonly localPort: number;
  /** The type of the events that it receives if they cannot be delivered; undefined if it receives none. */
  readonly deadLetterType: string | undefined;
  /** How often its program is run with the argument `sweep`, in milliseconds; undefined if never. */
  readonly sweepIntervalMs: number | undefined;
  /** The services other than functions to which it connects, if they are configured. */
  readonly backingServices: readonly BackingService[];
  /**
   * The variables that its configuration reads, in addition to those under `run.envs`, those of its
   * backing services, and those that each function reads.
   */
  readonly variables: readonly string[];
}

/**
 * The backing services of functions: Redis (`REDIS_ADDR`), a broker's ingress (`K_SINK`) and a mail server
 * (`SMTP_URL`).
 */
export const backingServiceNames = ["redis", "broker", "smtp"] as const;

/** A service other than a function to which a function connects. */
export type BackingService = (typeof backingServiceNames)[number];

type Report = (problem: string) => void;

const prefix = "hipstershop.dev/";

/** Reads the annotations; reports each that is wrong, with its value and the rule. */
export function readAnnotations(
  annotations: Readonly<Record<string, string>>,
  report: Report,
): Annotations {
  const refuse = (name: string, rule: string) => {
    const text = annotations[prefix + name];
    const found = text === undefined ? "is missing" : `is ${JSON.stringify(text)}`;
    report(`deploy.annotations["${prefix}${name}"] ${found}: expected ${rule}`);
  };
  const read = <T>(name: string, rule: string, parse: (text: string) => T | undefined) => {
    const text = annotations[prefix + name];
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) refuse(name, rule);
    return value;
  };
  const portRule = 'a TCP port such as "7070"';
  if (annotations[`${prefix}local-port`] === undefined) refuse("local-port", portRule);
  return {
    localPort: read("local-port", portRule, parsePort) ?? 0,
    deadLetterType: read("dead-letter-sink", "a type of event", (text) => text || undefined),
    sweepIntervalMs: read("sweep-interval", sweepRule, parseSweepInterval),
    backingServices: read("backing-services", backingRule, parseBackingServices) ?? [],
    variables: read("variables", variablesRule, parseVariables) ?? [],
  };
}

function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port >= 0 && port <= 65_535 ? port : undefined;
}

const backingRule = `some of ${backingServiceNames.join(", ")}, with commas`;

function parseBackingServices(text: string): readonly BackingService[] | undefined {
  const words = text.split(",").map((word) => word.trim());
  const found = backingServiceNames.filter((name) => words.includes(name));
  return found.length === words.length ? found : undefined;
}

const variablesRule = "names of variables with commas, each once, such as ORDER_LEASE, MAIL_FROM";

function parseVariables(text: string): readonly string[] | undefined {
  const names = text.split(",").map((word) => word.trim());
  const isValid = names.every((name) => /^[A-Z][A-Z0-9_]*$/.test(name));
  return isValid && new Set(names).size === names.length ? names : undefined;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

// The schedule of a CronJob can express no other intervals.
const sweepRule = "minutes that divide an hour, or hours that divide a day, such as 10m or 2h";

function parseSweepInterval(text: string): number | undefined {
  const ms = parseDurationMs(text) ?? 0;
  const dividesHour = ms > 0 && ms % minuteMs === 0 && hourMs % ms === 0;
  const dividesDay = ms > 0 && ms % hourMs === 0 && (24 * hourMs) % ms === 0;
  return dividesHour || dividesDay ? ms : undefined;
}

type Subscriber = Pick<FuncYaml, "name" | "deploy"> & Pick<Annotations, "deadLetterType">;

/** Whether brokers send events to a function, which on Knative then has a second Service for them. */
export function receivesEvents({ deploy, deadLetterType }: Subscriber): boolean {
  return deploy.subscriptions.length > 0 || deadLetterType !== undefined;
}

/** The function that receives the dead letters of a type of events; undefined if there is none. */
export function findDeadLetterSink<T extends Subscriber>(
  functions: readonly T[],
  type: string | undefined,
): T | undefined {
  return functions.find(({ deadLetterType }) => deadLetterType && deadLetterType === type);
}

/** Reports dead letters of a type to which no function subscribes, and those that two functions receive. */
export function checkDeadLetters(functions: readonly Subscriber[], report: Report): void {
  const types = functions.flatMap(({ deploy }) =>
    deploy.subscriptions.map(({ filters }) => filters.type),
  );
  for (const { name, deadLetterType: type } of functions) {
    if (type === undefined) continue;
    if (!types.includes(type)) {
      report(`${name} receives the dead letters of ${type}, to which no function subscribes`);
    }
    const owner = findDeadLetterSink(functions, type)?.name;
    if (owner !== name) report(`${name} receives the dead letters of ${type}, as ${owner} does`);
  }
}
