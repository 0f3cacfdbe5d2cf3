import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { poll } from "./poll.ts";

/** A Zipkin server of the executable jar, on a free port. */
export interface ZipkinServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it with the machine's `java`; it answers once this resolves. */
export async function startZipkin(jar: string): Promise<ZipkinServer> {
  const port = await findFreePort();
  const child = spawn("java", ["-Xmx256m", "-jar", jar], {
    stdio: "ignore",
    env: { ...process.env, QUERY_PORT: String(port) },
  });
  const url = `http://127.0.0.1:${port}`;
  const close = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  try {
    const isUp = async () => {
      if (child.exitCode !== null) throw new Error(`java -jar ${jar} ended: ${child.exitCode}`);
      const response = await fetch(`${url}/health`).catch(() => undefined);
      return response?.ok ? true : undefined;
    };
    await poll(isUp, () => `Zipkin's health at ${url}`, 90_000);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port is free");
  return address.port;
}
