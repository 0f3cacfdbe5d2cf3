import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type LocalShop, startLocalShop } from "../fixtures/local-shop.ts";
import { checks } from "./checks.ts";
import { parseShop } from "./parse-shop.ts";
import { findScripts, type PrintedCommand, readCommands, readScript } from "./printed-commands.ts";
import { root } from "./repository.ts";

const tracked = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" });
// The changelog names the commands of its time.
const files = tracked
  .trim()
  .split("\n")
  .filter((file) => file !== "CHANGELOG.md");

describe("the commands in the Markdown files", () => {
  let shop: LocalShop;
  before(async () => {
    shop = await startLocalShop();
  });
  after(() => shop.close());

  for (const file of files) {
    test(`${file}: each command runs as it is printed`, async () => {
      const problems: string[] = [];
      for (const command of readCommands(join(root, file), Object.keys(checks))) {
        const problem = await findProblem(command, shop.platform.urls);
        if (problem) problems.push(`${[command.program, ...command.args].join(" ")}: ${problem}`);
      }
      assert.deepEqual(problems, []);
    });
  }
});

async function findProblem(
  { program, args }: PrintedCommand,
  shop: LocalShop["platform"]["urls"],
): Promise<string | undefined> {
  const check = Object.hasOwn(checks, program) ? checks[program] : undefined;
  if (!check) return `this test has no check for ${program}`;
  try {
    await check(args, shop);
    return undefined;
  } catch (error) {
    return String(error).split("\n", 1)[0];
  }
}

test("commands are read as a shell runs them", () => {
  const markdown = [
    "```sh",
    'V=1.2; a $V "x y" | b \\',
    "  --long # c",
    'd "$(e)" & f && g',
    "```",
    "```yaml",
    "h: i",
    "```",
    "`known",
    "  argument`, `known`, `any --option` and `two words`",
  ].join("\n");
  const commands = findScripts(markdown, ["known"]).flatMap(readScript);
  assert.deepEqual(commands.map(({ program, args }) => [program, ...args].join(",")).sort(), [
    "a,1.2,x y",
    "any,--option",
    "b,--long",
    "d,",
    "e",
    "f",
    "g",
    "known,argument",
  ]);
});

test("a wrong verb, option or value of the shop command is found", async () => {
  for (const args of [
    ["nosuch"],
    ["deploy", "--nosuch"],
    ["deploy"],
    ["images"],
    ["graph", "--format", "nosuch"],
    ["study", "run", "--nosuch"],
    ["study", "nosuch"],
  ]) {
    await assert.rejects(parseShop(args), `shop ${args.join(" ")} was accepted`);
  }
  assert.equal((await parseShop(["status"]))?.verb, "status");
});
