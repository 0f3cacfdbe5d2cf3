/** A function that another one calls. */
export interface Dependency {
  /** The variable that contains its address, such as `CART_SERVICE_ADDR`. */
  readonly variable: string;
  /** Its name, such as `cartservice`. */
  readonly name: string;
}

/** A function as a node of the call graph. */
export interface GraphNode {
  /** The function's name. */
  readonly name: string;
  /** The functions that it calls. */
  readonly dependencies: readonly Dependency[];
}

const suffix = "_SERVICE_ADDR";

/** Returns the dependency that a variable of func.yaml names; undefined if it is not a function's address. */
export function findDependency(
  { name: variable, value }: { readonly name: string; readonly value: string },
  report: (problem: string) => void,
): Dependency | undefined {
  if (!variable.endsWith(suffix)) return undefined;
  const name = value.split(/[.:]/, 1)[0] ?? "";
  // Online Boutique's names: productcatalogservice is PRODUCT_CATALOG_SERVICE_ADDR.
  const stem = variable.slice(0, -suffix.length).replaceAll("_", "").toLowerCase();
  if (name.replace(/service$/, "") !== stem) {
    report(`${variable} is ${JSON.stringify(value)}: expected the address of ${stem}service`);
  }
  return { variable, name };
}

/** The variable of a function's address, if its name is one word and `service`: CART_SERVICE_ADDR. */
export function addressVariableOf(name: string): string {
  return `${name.replace(/service$/, "").toUpperCase()}${suffix}`;
}

/** Reports each call to a function that does not exist, and each cycle of calls. */
export function checkCallGraph(
  nodes: readonly GraphNode[],
  report: (problem: string) => void,
): void {
  const names = new Set(nodes.map(({ name }) => name));
  for (const { name, dependencies } of nodes) {
    for (const dependency of dependencies.filter((each) => !names.has(each.name))) {
      const found = JSON.stringify(dependency.name);
      report(`${name} calls ${found} (${dependency.variable}), but no function has that name`);
    }
  }
  visitDependenciesFirst(nodes, (path) => report(describeCycle(path)));
}

/** Sorts the functions so that each one follows all functions that it calls; throws if calls form a cycle. */
export function sortDependenciesFirst<T extends GraphNode>(nodes: readonly T[]): T[] {
  return visitDependenciesFirst(nodes, (path) => {
    throw new Error(describeCycle(path));
  });
}

function visitDependenciesFirst<T extends GraphNode>(
  nodes: readonly T[],
  onCycle: (path: readonly string[]) => void,
): T[] {
  const visited = new Set<T>();
  const visit = (node: T, path: readonly string[]) => {
    if (path.includes(node.name)) onCycle([...path.slice(path.indexOf(node.name)), node.name]);
    else if (!visited.has(node)) {
      for (const { name } of node.dependencies) {
        const next = nodes.find((other) => other.name === name);
        if (next) visit(next, [...path, node.name]);
      }
      visited.add(node);
    }
  };
  for (const node of nodes) visit(node, []);
  return [...visited];
}

function describeCycle(path: readonly string[]): string {
  return `functions call each other in a cycle: ${path.join(" -> ")}`;
}
