import { type CallFrame, type Group, groupOf } from "./group-frames.ts";

/** A CPU profile as V8 writes it (`.cpuprofile`). */
export interface CpuProfile {
  /** Its call tree, the root first. */
  readonly nodes: readonly {
    /** Identifies the node in its profile. */
    readonly id: number;
    /** Its function. */
    readonly callFrame: CallFrame;
    /** The ids of the nodes of the functions that it calls. */
    readonly children?: readonly number[];
  }[];
  /** The node of each sample. */
  readonly samples?: readonly number[];
  /** Microseconds from the sample before to each sample, from `startTime` for the first one. */
  readonly timeDeltas?: readonly number[];
  /** When it started, in microseconds of a monotonic clock. */
  readonly startTime?: number;
}

/** A group of code in a flame graph, called by its parent. */
export interface Flame extends Group {
  /** CPU time in microseconds, of the code itself and of all that it calls. */
  readonly totalUs: number;
  /** CPU time of the code itself. */
  readonly selfUs: number;
  /** The groups that it calls, by name. */
  readonly children: readonly Flame[];
}

interface Building extends Group {
  selfUs: number;
  readonly children: Map<string, Building>;
}

/**
 * Folds the profiles of some processes into one flame graph: below the root a flame for each process, below that groups
 * of code. Calls within a group, and back to a group that called it, are not shown; idle time is left out.
 *
 * @param profiles pairs of a process's name and its profile; those of one name are one flame
 * @param root the folder of the profiled checkout
 */
export function foldProfiles(
  profiles: Iterable<readonly [string, CpuProfile]>,
  root: string,
): Flame {
  const all: Building = { name: "all", kind: "shop", selfUs: 0, children: new Map() };
  for (const [name, profile] of profiles) {
    const process = childOf(all, { name, kind: "shop" });
    addProfile(process, profile, root);
  }
  return finish(all);
}

/** A profile without the samples after `endUs`, in microseconds of the profile's clock. */
export function cutProfile(profile: CpuProfile, endUs: number): CpuProfile {
  const { samples = [], timeDeltas = [], startTime = 0 } = profile;
  let atUs = startTime;
  const end = timeDeltas.findIndex((deltaUs) => {
    atUs += deltaUs;
    return atUs > endUs;
  });
  return end < 0 ? profile : { ...profile, samples: samples.slice(0, end) };
}

function addProfile(process: Building, profile: CpuProfile, root: string): void {
  const selfUs = new Map<number, number>();
  for (const [index, id] of (profile.samples ?? []).entries()) {
    selfUs.set(id, (selfUs.get(id) ?? 0) + Math.max(0, profile.timeDeltas?.[index] ?? 0));
  }
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const visit = (id: number, callers: readonly [Building, ...Building[]]): void => {
    const node = nodes.get(id);
    if (!node || isIdle(node.callFrame)) return;
    const group = groupOf(node.callFrame, root);
    // Middleware calls each other in turn: a group that is called again stays one flame.
    const at = group ? callers.findIndex(({ name }) => name === group.name) : 0;
    const path: typeof callers =
      group && at < 0
        ? [childOf(callers[0], group), ...callers]
        : [callers[at] ?? callers[0], ...callers.slice(at + 1)];
    path[0].selfUs += selfUs.get(id) ?? 0;
    for (const child of node.children ?? []) visit(child, path);
  };
  const [first] = profile.nodes;
  if (first) visit(first.id, [process]);
}

function isIdle({ functionName, url }: CallFrame): boolean {
  // The inspector starts and stops the profile.
  return functionName === "(idle)" || url === "node:inspector";
}

function childOf(parent: Building, group: Group): Building {
  const child = parent.children.get(group.name) ?? { ...group, selfUs: 0, children: new Map() };
  parent.children.set(group.name, child);
  return child;
}

function finish({ name, kind, selfUs, children }: Building): Flame {
  const finished = [...children.values()].map(finish).toSorted((a, b) => b.totalUs - a.totalUs);
  const totalUs = finished.reduce((sum, child) => sum + child.totalUs, selfUs);
  return { name, kind, selfUs, totalUs, children: finished };
}

/** The CPU time of each group itself, wherever it is called, the highest first. */
export function selfTimesOf(flame: Flame): readonly (Group & { readonly selfUs: number })[] {
  const sums = new Map<string, Group & { selfUs: number }>();
  const visit = ({ name, kind, selfUs, children }: Flame): void => {
    const sum = sums.get(name) ?? { name, kind, selfUs: 0 };
    sums.set(name, { ...sum, selfUs: sum.selfUs + selfUs });
    for (const child of children) visit(child);
  };
  for (const { selfUs, children } of flame.children) {
    visit({ name: "node", kind: "Node.js", selfUs, totalUs: selfUs, children: [] });
    for (const child of children) visit(child);
  }
  return [...sums.values()].toSorted((a, b) => b.selfUs - a.selfUs);
}
