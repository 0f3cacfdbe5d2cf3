import { findUserContainer, type KubeObject } from "#backends/kube-objects.ts";
import { formatAgo } from "#measure/format.ts";
import { nameEnd } from "../readiness/explain-failure.ts";

/** The restarts of the containers of a revision's pods. */
export interface Restarts {
  /** How many, in all pods that exist now. */
  readonly count: number;
  /** How the process ended last: `OOMKilled`, or its exit code as `ExitCode1`. */
  readonly reason: string;
  /** When it ended, in RFC 3339; null if it is not known. */
  readonly endedAt: string | null;
}

/** The restarts in the pods, with the latest reason; null without restarts. */
export function findRestarts(pods: readonly KubeObject[]): Restarts | null {
  const containers = pods.map(findUserContainer).filter((found) => found !== undefined);
  const count = containers.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
  const ends = containers
    .flatMap(({ state, lastState }) => [state?.terminated, lastState?.terminated])
    .filter((end) => end !== undefined)
    .sort((a, b) => Date.parse(b.finishedAt ?? "") - Date.parse(a.finishedAt ?? ""));
  const [last] = ends;
  if (count === 0 || last === undefined) return null;
  return { count, reason: nameEnd(last), endedAt: last.finishedAt ?? null };
}

/** The restarts as a sentence, such as `restarted 3 times, last 12 s ago: OOMKilled`. */
export function formatRestarts({ count, reason, endedAt }: Restarts, nowMs: number): string {
  const times = count === 1 ? "once" : `${count} times`;
  const when = endedAt === null ? "" : `, last ${formatAgo(Date.parse(endedAt), nowMs)}`;
  return `restarted ${times}${when}: ${reason}`;
}
