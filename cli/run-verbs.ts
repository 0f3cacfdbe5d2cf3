import { Command, CommanderError } from "commander";
import { findMissingPackage, reportFailure } from "./report-failure.ts";

/** The verbs of the command by their names; each is loaded when it is called. */
export type Verbs = Readonly<Record<string, () => Promise<Command>>>;

/** Runs the verb that the arguments of this process name, and sets the exit code. */
export async function runVerbs(verbs: Verbs): Promise<void> {
  const shop = new Command("shop")
    .description("The Hipster Shop as ten functions that scale to zero.")
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`${text.trim().replace(/\s+/g, " ")}\n`),
    })
    .showHelpAfterError(false);
  try {
    for (const command of await loadVerbs(verbs, process.argv[2])) {
      shop.addCommand(withSettingsOf(shop, command));
    }
    await shop.parseAsync();
  } catch (error) {
    // Commander has printed its message; a wrong argument exits 2, help 0.
    process.exitCode =
      error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : reportFailure(error);
  }
}

// Commander copies them only to commands that it creates itself.
function withSettingsOf(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const each of command.commands) withSettingsOf(command, each);
  return command;
}

// Help and the suggestion for an unknown verb need all verbs.
function loadVerbs(verbs: Verbs, name: string | undefined): Promise<Command[]> {
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
