import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { startPlatform } from "#local/platform.ts";
import { poll } from "./fixtures/poll.ts";
import { orderForm, Visitor } from "./fixtures/visitor.ts";

const root = join(import.meta.dirname, "..");

/** The programs that keep files, with the arguments that Node.js starts them with. */
const programs: Record<string, readonly string[]> = {
  // The whole shop's container starts the same platform.
  "npm start": [join(root, "cli", "shop.ts"), "up", "--no-build"],
  cartservice: [join(root, "functions", "cartservice", "index.ts")],
  emailservice: [join(root, "functions", "emailservice", "index.ts")],
};

/** Why a folder cannot be used: its path, and what the program is run by where that matters. */
interface Unusable {
  path: string;
  runBy?: readonly string[];
}

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "data-dir-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const isRoot = process.getuid?.() === 0;
const unusable: Record<string, (t: TestContext) => Unusable> = {
  "is a file": (t) => ({ path: writeFile(makeFolder(t)) }),
  "is below a file": (t) => ({ path: join(writeFile(makeFolder(t)), "data") }),
  "is a link to nowhere": (t) => {
    const path = join(makeFolder(t), "link");
    symlinkSync("nowhere", path);
    return { path };
  },
  "is /proc": () => ({ path: "/proc" }),
  "is new, and deep in /proc": () => ({ path: "/proc/shop/data" }),
  "is new, and in /sys": () => ({ path: "/sys/shop" }),
  "is not writable for this user": (t) => {
    const path = makeFolder(t);
    chmodSync(path, 0o500);
    // Root may write everywhere, unless it gives that capability up.
    const runBy = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
    return { path, ...(isRoot && { runBy }) };
  },
  "is on a full file system": (t) => ({
    path: makeFolder(t),
    // What a quota of no bytes does to a write.
    runBy: ["sh", "-c", 'ulimit -f 0; exec "$0" "$@"'],
  }),
};

function writeFile(folder: string): string {
  writeFileSync(join(folder, "file"), "");
  return join(folder, "file");
}

/** Starts a program on free ports. */
function run(t: TestContext, args: readonly string[], env: object, runBy: readonly string[] = []) {
  const [command = process.execPath, ...rest] = [...runBy, process.execPath, ...args];
  const ports = ["", "CONSOLE_", ...readdirSync(join(root, "functions")).map(variableOf)];
  const child = spawn(command, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...Object.fromEntries(ports.map((prefix) => [`${prefix}PORT`, "0"])),
      HOST: "127.0.0.1",
      METRICS_PORT: "0",
      OTEL_TRACES_EXPORTER: "none",
      ...env,
    },
  });
  let output = "";
  const keep = (text: string) => {
    output += text;
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  t.after(() => child.kill("SIGKILL"));
  const lines = () => output.split("\n").filter((line) => line !== "");
  return { child, lines };
}

async function untilReady(lines: () => string[]): Promise<void> {
  const isReady = (line: string) => line.includes('"message":"ready"');
  await poll(
    async () => lines().find(isReady),
    () => lines().join("\n"),
  );
}

function variableOf(name: string): string {
  return `${name.toUpperCase()}_`;
}

describe("a DATA_DIR that cannot be used", { concurrency: 2 }, () => {
  const skip = process.platform !== "linux" && "needs Linux";
  for (const [why, make] of Object.entries(unusable)) {
    // All programs share the check, so one of them shows what it finds.
    const names = why === "is new, and deep in /proc" ? Object.keys(programs) : ["cartservice"];
    for (const name of names) {
      const title = `ends ${name} with code 2 and one line when it ${why}`;
      test(title, { skip, timeout: 60_000 }, async (t) => {
        const { path, runBy } = make(t);
        const { child, lines } = run(t, programs[name] ?? [], { DATA_DIR: path }, runBy);
        const [code] = await once(child, "close");
        assert.equal(code, 2, lines().join("\n"));
        assert.equal(lines().length, 1, lines().join("\n"));
        // A log line is JSON, in which quotes are escaped.
        const line = lines()[0]?.replaceAll('\\"', '"') ?? "";
        assert.ok(line.includes(`DATA_DIR is "${path}": cannot write there (`), line);
        assert.match(line, /: set it to a folder that this user can write to/);
      });
    }
  }
});

test("a function that keeps no files starts whatever DATA_DIR is", async (t) => {
  const DATA_DIR = writeFile(makeFolder(t));
  const away = { REDIS_ADDR: "127.0.0.1:1", SMTP_URL: "smtp://127.0.0.1:1", DATA_DIR };
  for (const name of ["cartservice", "emailservice"]) {
    await untilReady(run(t, programs[name] ?? [], away).lines);
  }
});

describe("what the shop writes", () => {
  test("is for its own user alone, whatever the umask", async (t) => {
    const dataDir = join(makeFolder(t), "shop", "data");
    const umask = process.umask(0);
    t.after(() => process.umask(umask));
    await order(t, dataDir);
    assert.deepEqual(readdirSync(join(dataDir, "outbox")).length, 2);
    assert.deepEqual(openToOthers(join(dataDir, "..")), []);
  });

  test("is narrowed at the next start where it was written with more rights", async (t) => {
    const dataDir = makeFolder(t);
    await order(t, dataDir);
    const widened = ["", "outbox", "carts.sqlite", "mails.sqlite"].map((name) =>
      join(dataDir, name),
    );
    for (const path of widened) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
    writeFileSync(join(dataDir, "carts.sqlite-wal"), "", { mode: 0o644 });
    mkdirSync(join(dataDir, "somebody else's"), { mode: 0o755 });
    for (const name of ["cartservice", "emailservice"]) {
      await untilReady(run(t, programs[name] ?? [], { DATA_DIR: dataDir }).lines);
    }
    // The folder itself may be shared, such as /tmp.
    const left = [dataDir, join(dataDir, "somebody else's")];
    assert.deepEqual(
      openToOthers(dataDir),
      left.map((path) => relative(tmpdir(), path)),
    );
  });
});

/** Runs the shop until it has sold something and mailed the confirmation. */
async function order(t: TestContext, dataDir: string): Promise<void> {
  const platform = await startPlatform({ ports: "free", logs: "ignore", dataDir });
  t.after(() => platform.close());
  const visitor = new Visitor(platform.urls.storefront);
  await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
  assert.equal((await visitor.post("/cart/checkout", orderForm)).status, 200);
  const outbox = join(dataDir, "outbox");
  const mails = () => (existsSync(outbox) ? readdirSync(outbox) : []);
  await poll(
    async () => mails().find((name) => name.endsWith(".html")),
    () => `the outbox holds ${mails()}`,
  );
  await platform.close();
}

/**
 * The paths below a folder, and itself, that others than their owner may use in any way. Node.js makes
 * its compile cache before any code of a function runs; it holds that code and nothing else.
 */
function openToOthers(folder: string): string[] {
  const names = ["", ...readdirSync(folder, { recursive: true, encoding: "utf8" })];
  return names
    .filter((name) => !name.includes("compile-cache"))
    .map((name) => join(folder, name))
    .filter((path) => (statSync(path).mode & 0o077) !== 0)
    .map((path) => relative(tmpdir(), path));
}
