#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { loadCommand } from "#load/command.ts";
import { graphCommand } from "#observability/graph/command.ts";
import { logsCommand } from "#observability/logs/command.ts";
import { traceCommand } from "#observability/trace/command.ts";
import { studyCommand } from "#study/command.ts";
import { benchCommand } from "../bench/command.ts";
import { deployCommand } from "../knative/deploy/deploy-command.ts";
import { statusCommand } from "../knative/deploy/status-command.ts";
import { undeployCommand } from "../knative/deploy/undeploy-command.ts";
import { funcCommand } from "../knative/func/func-command.ts";
import { imagesCommand } from "../knative/images/command.ts";
import { knCommand } from "../knative/kn/kn-command.ts";
import { releaseCommand } from "../knative/release/release-command.ts";
import { buildCommand } from "./build.ts";
import { reportFailure } from "./report-failure.ts";
import { upCommand } from "./up.ts";

const shop = new Command("shop")
  .description("The Hipster Shop as ten functions that scale to zero.")
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(`${text.trim()}\n`) })
  .showHelpAfterError(false);

const commands = [
  upCommand(),
  loadCommand(),
  benchCommand(),
  buildCommand(),
  imagesCommand(),
  deployCommand(),
  statusCommand(),
  undeployCommand(),
  releaseCommand(),
  knCommand(),
  funcCommand(),
  traceCommand(),
  graphCommand(),
  logsCommand(),
  studyCommand(),
];
for (const command of commands) {
  shop.addCommand(command.exitOverride());
}

try {
  await shop.parseAsync();
} catch (error) {
  // Commander has printed its one line; a bad argument exits 2, help and version 0.
  process.exitCode =
    error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : reportFailure(error);
}
