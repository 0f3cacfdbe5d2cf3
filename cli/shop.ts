#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import type { Command } from "commander";
import { runVerbs } from "./run-verbs.ts";

// Caches the modules that are loaded from here on as JavaScript: stripping types takes time and memory.
enableCompileCache(join(import.meta.dirname, "dist", "compile-cache"));

// Each verb is loaded when it is called: some load bundlers and plots, and `up` runs for hours.
const verbs: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import("./up.ts")).upCommand(),
  load: async () => (await import("#load/command.ts")).loadCommand(),
  bench: async () => (await import("../bench/command.ts")).benchCommand(),
  build: async () => (await import("./build.ts")).buildCommand(),
  images: async () => (await import("../knative/images/command.ts")).imagesCommand(),
  deploy: async () => (await import("../knative/deploy/deploy-command.ts")).deployCommand(),
  status: async () => (await import("./status/command.ts")).statusCommand(),
  undeploy: async () => (await import("#knative/undeploy/undeploy-command.ts")).undeployCommand(),
  release: async () => (await import("../knative/release/release-command.ts")).releaseCommand(),
  fault: async () => (await import("./fault/command.ts")).faultCommand(),
  kn: async () => (await import("../knative/kn/kn-command.ts")).knCommand(),
  func: async () => (await import("../knative/func/func-command.ts")).funcCommand(),
  trace: async () => (await import("./trace/command.ts")).traceCommand(),
  graph: async () => (await import("./graph/command.ts")).graphCommand(),
  logs: async () => (await import("./logs/command.ts")).logsCommand(),
  orders: async () => (await import("./orders/command.ts")).ordersCommand(),
  study: async () => (await import("#study/run/command.ts")).studyCommand(),
};

await runVerbs(verbs);
