import { planArrivals } from "#load/schedule.ts";
import type { Random } from "#measure/random.ts";
import type { Arrival } from "./experiment.ts";

/** An arrival that does not wait for responses. */
export type OpenArrival = Exclude<Arrival, { kind: "closed" }>;

/** When the calls of a sample are due, in milliseconds from its start, ascending. */
export function planOpenArrivals(arrival: OpenArrival, random: Random): number[] {
  switch (arrival.kind) {
    case "constant":
    case "poisson": {
      const { kind: mode, everyMs, durationMs } = arrival;
      const plan = [...planArrivals({ mode, ratePerSecond: 1000 / everyMs, durationMs }, random)];
      // The sample starts with a call, so that no observed time is before the first call.
      const firstMs = plan[0] ?? 0;
      return plan.length === 0 ? [0] : plan.map((atMs) => atMs - firstMs);
    }
    case "bursts":
      return Array.from(
        { length: arrival.size * arrival.count },
        (_, index) => Math.floor(index / arrival.size) * arrival.everyMs,
      );
    case "trace":
      return [...arrival.atMs];
  }
}
