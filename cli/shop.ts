#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { findMissingPackage, reportFailure } from "./report-failure.ts";

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

const shop = new Command("shop")
  .description("The Hipster Shop as ten functions that scale to zero.")
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(`${text.trim().replace(/\s+/g, " ")}\n`),
  })
  .showHelpAfterError(false);

try {
  for (const command of await loadVerbs(process.argv[2])) {
    shop.addCommand(withSettingsOf(shop, command));
  }
  await shop.parseAsync();
} catch (error) {
  // Commander has printed its message; a wrong argument exits 2, help 0.
  process.exitCode =
    error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : reportFailure(error);
}

// Commander copies them only to commands that it creates itself.
function withSettingsOf(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const each of command.commands) withSettingsOf(command, each);
  return command;
}

// Help and the suggestion for an unknown verb need all verbs.
function loadVerbs(name: string | undefined): Promise<Command[]> {
  const isVerb = name !== undefined && Object.hasOwn(verbs, name);
  const entries = Object.entries(verbs).filter(([verb]) => !isVerb || verb === name);
  return Promise.all(
    entries.map(([verb, load]) => load().catch((error: unknown) => replaceVerb(verb, error))),
  );
}

// The list of verbs keeps an entry for a verb whose packages `npm ci --omit=dev` left out.
function replaceVerb(name: string, error: unknown): Command {
  const missing = findMissingPackage(error);
  if (missing === undefined) throw error;
  return new Command(name)
    .description(`Not installed: run npm ci without --omit=dev, which installs ${missing}.`)
    .argument("[arguments...]")
    .allowUnknownOption()
    .helpOption(false)
    .action(() => {
      throw error;
    });
}
