import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A command as a shell starts it. */
export interface PrintedCommand {
  /** The program. */
  readonly program: string;
  /** Its arguments, expanded and without quotes. */
  readonly args: readonly string[];
}

/**
 * The shell scripts of a Markdown text: each block of the languages `sh` and `bash`, and each code span
 * that is a command: a known program with arguments, or any word with an option.
 *
 * @param programs the programs whose code spans are commands
 */
export function findScripts(markdown: string, programs: Iterable<string>): string[] {
  const known = new Set(programs);
  const blocks = [...markdown.matchAll(/^```(\w*)\n(.*?)^```/gms)];
  const prose = markdown.replace(/^```.*?^```/gms, "");
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span.replace(/\s+/g, " "));
  const isCommand = (span: string) => {
    const [, program = "", rest = ""] = /^(?:[A-Z_]+=\S* )*([a-z][\w.-]*) (.*)$/.exec(span) ?? [];
    return known.has(program) || /^(?:.* )?--?[a-z]/.test(rest);
  };
  return [
    ...blocks.filter(([, language]) => shells.has(language ?? "")).map(([, , block = ""]) => block),
    ...spans.filter(isCommand),
  ];
}

const shells: ReadonlySet<string> = new Set(["sh", "bash", "shell", "console"]);

/**
 * The commands that a script starts. Bash runs it with a PATH without programs: each command is recorded
 * instead of started, after every expansion.
 *
 * @throws Error with bash's message if the script is not a shell script
 */
export function readScript(script: string): PrintedCommand[] {
  const folder = mkdtempSync(join(tmpdir(), "printed-commands-"));
  const log = join(folder, "log");
  try {
    const { status, stderr } = spawnSync("bash", ["--norc", "-c", `${recorder}\n${script}\nwait`], {
      cwd: folder,
      env: { PATH: process.env.PATH, LOG: log },
      encoding: "utf8",
    });
    if (stderr !== "") throw new Error(`bash exits ${status} for ${script}: ${stderr}`);
    const commands = readFileSync(log, "utf8").split(`${endMark}\0`).slice(0, -1);
    return commands.map((command) => {
      const [program = "", ...args] = command.split("\0").slice(0, -1);
      return { program, args };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const endMark = "\u0001";

// One write per command, so that those of a pipe do not mix.
const recorder = String.raw`PATH=/nowhere
command_not_found_handle() { printf '%s\0' "$@" $'\1' >> "$LOG"; }`;

/** All commands that a Markdown file prints. */
export function readCommands(path: string, programs: Iterable<string>): PrintedCommand[] {
  return findScripts(readFileSync(path, "utf8"), programs).flatMap(readScript);
}
