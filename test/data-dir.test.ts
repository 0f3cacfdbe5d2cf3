import assert from "node:assert/strict";
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
import { programs, runProgram, untilReady } from "./fixtures/run-program.ts";
import { Visitor } from "./fixtures/visitor.ts";

/** A folder that a program cannot use. */
interface Unusable {
  /** Its path. */
  path: string;
  /** The command that starts the program, if the folder is unusable only below it. */
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
  "is a dangling link": (t) => {
    const path = join(makeFolder(t), "link");
    symlinkSync("nowhere", path);
    return { path };
  },
  "is /proc": () => ({ path: "/proc" }),
  "does not exist, in /proc": () => ({ path: "/proc/shop/data" }),
  "does not exist, in /sys": () => ({ path: "/sys/shop" }),
  "is not writable for this user": (t) => {
    const path = makeFolder(t);
    chmodSync(path, 0o500);
    // Root may write everywhere, unless it drops that capability.
    const runBy = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
    return { path, ...(isRoot && { runBy }) };
  },
  "is on a full file system": (t) => ({
    path: makeFolder(t),
    // Writes fail as with a quota of 0 bytes.
    runBy: ["sh", "-c", 'ulimit -f 0; exec "$0" "$@"'],
  }),
};

function writeFile(folder: string): string {
  writeFileSync(join(folder, "file"), "");
  return join(folder, "file");
}

describe("a DATA_DIR that cannot be used", { concurrency: 2 }, () => {
  const skip = process.platform !== "linux" && "needs Linux";
  for (const [why, make] of Object.entries(unusable)) {
    // All programs share the check, so one program is enough for the other cases.
    const names = why === "does not exist, in /proc" ? Object.keys(programs) : ["cartservice"];
    for (const name of names) {
      const title = `${name} exits with code 2 and one line if it ${why}`;
      test(title, { skip, timeout: 60_000 }, async (t) => {
        const { path, runBy } = make(t);
        const { child, lines } = runProgram(t, programs[name] ?? [], { DATA_DIR: path }, runBy);
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

test("a function that writes no files starts with any DATA_DIR", async (t) => {
  const DATA_DIR = writeFile(makeFolder(t));
  const away = { REDIS_ADDR: "127.0.0.1:1", SMTP_URL: "smtp://127.0.0.1:1", DATA_DIR };
  for (const name of Object.keys(programs).filter((each) => each.endsWith("service"))) {
    await untilReady(runProgram(t, programs[name] ?? [], away).lines);
  }
});

describe("the files that the shop writes", () => {
  test("are accessible to its own user only, with any umask", async (t) => {
    const dataDir = join(makeFolder(t), "shop", "data");
    const umask = process.umask(0);
    t.after(() => process.umask(umask));
    await order(t, dataDir);
    assert.deepEqual(readdirSync(join(dataDir, "outbox")).length, 2);
    assert.deepEqual(openToOthers(join(dataDir, "..")), []);
  });

  test("lose wider permissions at the next start", async (t) => {
    const dataDir = makeFolder(t);
    await order(t, dataDir);
    const stores = ["carts", "mails", "orders", "transactions", "shipments"].map(
      (name) => `${name}.sqlite`,
    );
    const widened = ["", "outbox", ...stores].map((name) => join(dataDir, name));
    for (const path of widened) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
    writeFileSync(join(dataDir, "carts.sqlite-wal"), "", { mode: 0o644 });
    mkdirSync(join(dataDir, "somebody else's"), { mode: 0o755 });
    for (const name of Object.keys(programs).filter((each) => each.endsWith("service"))) {
      await untilReady(runProgram(t, programs[name] ?? [], { DATA_DIR: dataDir }).lines);
    }
    // The folder itself may be shared, such as /tmp.
    const left = [dataDir, join(dataDir, "somebody else's")];
    assert.deepEqual(
      openToOthers(dataDir),
      left.map((path) => relative(tmpdir(), path)),
    );
  });
});

/** Runs the shop until it has placed an order and written the confirmation. */
async function order(t: TestContext, dataDir: string): Promise<void> {
  const platform = await startPlatform({ ports: "free", logs: "ignore", dataDir });
  t.after(() => platform.close());
  const visitor = new Visitor(platform.urls.storefront);
  await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
  assert.equal((await visitor.order()).status, 200);
  const outbox = join(dataDir, "outbox");
  const mails = () => (existsSync(outbox) ? readdirSync(outbox) : []);
  await poll(
    async () => mails().find((name) => name.endsWith(".html")),
    () => `the outbox contains ${mails()}`,
  );
  await platform.close();
}

/**
 * The folder and the paths below it that users other than their owner have any permission for. Node.js
 * creates its compile cache before any code of a function runs; it contains only that code.
 */
function openToOthers(folder: string): string[] {
  const names = ["", ...readdirSync(folder, { recursive: true, encoding: "utf8" })];
  return names
    .filter((name) => !name.includes("compile-cache"))
    .map((name) => join(folder, name))
    .filter((path) => (statSync(path).mode & 0o077) !== 0)
    .map((path) => relative(tmpdir(), path));
}
