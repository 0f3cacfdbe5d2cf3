import { ConfigError } from "#runtime/environment.ts";

/** A port to bind. */
export interface Binding {
  /** The address to listen on. */
  host: string;
  /** The name of the port in messages. */
  purpose: string;
  /** The environment variable that sets it. */
  variable: string;
  /** The TCP port; 0 selects a free one. */
  port: number;
  /** The server that binds it. */
  server: { listen(host: string, port: number): Promise<void> };
}

/**
 * Binds all ports.
 *
 * @throws ConfigError naming every port that cannot be bound, with its variable; the caller closes the
 *   others
 */
export async function bindAll(bindings: readonly Binding[]): Promise<void> {
  const results = await Promise.allSettled(
    bindings.map(({ server, host, port }) => server.listen(host, port)),
  );
  const problems = results.flatMap((result, index) => {
    const binding = bindings[index];
    return result.status === "rejected" && binding ? [explain(result.reason, binding)] : [];
  });
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
}

function explain(error: unknown, { host, port, purpose, variable }: Binding): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} for ${purpose} is in use: set ${variable} to a free port`;
    case "EACCES":
      return `port ${port} for ${purpose} requires privileges: set ${variable} to a port above 1023`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `HOST is ${JSON.stringify(host)}: expected an address of this machine`;
    default:
      return `port ${port} for ${purpose} cannot be bound: ${String(error)}`;
  }
}
