import { globSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { listFunctions, readManifest } from "#manifest/manifest.ts";
import { callFunction } from "./call-function.ts";
import { startProgram } from "./running-program.ts";
import { serveExamples } from "./serve-examples.ts";
import { startSpanSink } from "./span-sink.ts";
import { orderTasks, performTasks, waitForZero } from "./visit-monolith.ts";

// Fills the code cache of an image while the image is built: runs its program as the container will,
// sends it requests, so that the code that answers them is compiled, and stops it. A function writes the
// cache when it exits (bundle/start-program.ts), and uses it only with the same user, version of Node.js
// and flags.
//
//   node warm-up.cjs PROGRAM CACHE_FOLDER FUNCTIONS_FOLDER FUNCTION    a function
//   node warm-up.cjs PROGRAM CACHE_FOLDER FUNCTIONS_FOLDER             the monolith

const timeoutMs = 120_000;
// An address without a listener: a function starts without its store.
const nowhere = "127.0.0.1:1";

const [program = "", cacheFolder = "", functionsFolder = "", name] = process.argv.slice(2);
const cache = { NODE_COMPILE_CACHE: cacheFolder };

async function warmUp(): Promise<void> {
  const functionCount = name === undefined ? await warmUpMonolith() : await warmUpFunction(name);
  // One for each function, in a folder for the version and the flags of Node.js.
  const files = globSync("*/*.code", { cwd: cacheFolder });
  if (files.length < functionCount) {
    throw new Error(`${cacheFolder} has ${files.length} caches: expected ${functionCount}`);
  }
}

async function warmUpFunction(name: string): Promise<number> {
  const { dependencies, isPublic } = readManifest(name, functionsFolder);
  await using examples = await serveExamples();
  // The function sends its spans there, so that the exporter is compiled as well.
  await using sink = await startSpanSink();
  await using running = await startProgram(program, {
    ...cache,
    ...Object.fromEntries(dependencies.map(({ variable }) => [variable, examples.address])),
    // As on a cluster, where the stores are in Redis.
    REDIS_ADDR: nowhere,
    OTEL_EXPORTER_ZIPKIN_ENDPOINT: sink.url,
    PORT: "0",
    METRICS_PORT: "0",
  });
  await callFunction(running.ready.port, isPublic);
  await running.stop();
  return 1;
}

async function warmUpMonolith(): Promise<number> {
  const names = listFunctions(functionsFolder);
  await using running = await startProgram(program, {
    ...cache,
    // A builder may share the network of a machine on which the default ports are in use.
    ...Object.fromEntries(names.map((each) => [`${each.toUpperCase()}_PORT`, "0"])),
    HOST: "127.0.0.1",
    PORT: "0",
    CONSOLE_PORT: "0",
    SHOP_IDLE_WINDOW: "1s",
    // The builder may be a pod.
    ALLOW_EPHEMERAL_STORE: "true",
  });
  const { port, consolePort = 0 } = running.ready;
  await performTasks(`http://127.0.0.1:${port}`, orderTasks);
  // Each function writes its cache when it stops.
  await waitForZero(`http://127.0.0.1:${consolePort}`);
  await running.stop();
  return names.length;
}

const timeout = sleep(timeoutMs, undefined, { ref: false }).then(() => {
  throw new Error(`it did not end within ${timeoutMs / 1000} s`);
});
Promise.race([warmUp(), timeout]).then(
  () => process.exit(0),
  (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The warm-up of ${program} failed: ${reason}\n`);
    process.exit(1);
  },
);
