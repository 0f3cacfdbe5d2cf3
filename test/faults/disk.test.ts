import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runShop } from "../../cli/fixtures/run-shop.ts";
import { poll } from "../fixtures/poll.ts";
import { OrderShop } from "../orders/fixtures/order-shop.ts";
import { describeStoreFault } from "./store-fault.ts";

const folder = mkdtempSync(join(tmpdir(), "small-disk-"));
const isMounted = mount("-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", folder);
after(() => {
  if (isMounted) execFileSync("umount", ["--lazy", folder]);
  rmSync(folder, { recursive: true });
});

function mount(...args: string[]): boolean {
  try {
    execFileSync("mount", args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("the disk of the stores", {
  skip: isMounted ? false : "needs the right to mount a file system",
}, () => {
  let shop: OrderShop;

  before(async () => {
    // Its own folder is deleted, and the mounted one cannot be.
    const started = await OrderShop.start("SQLite", { dataDir: join(folder, "shop") });
    assert.ok(started);
    shop = started;
  });

  after(() => shop?.close());

  test("a full disk refuses carts and orders with a clear error", (t) => {
    const filler = join(folder, "filler");
    return describeStoreFault(t, shop, {
      name: "disk full, SQLite",
      isReadable: true,
      inject: async () => fill(filler),
      repair: async () => rmSync(filler),
    });
  });

  test("a read-only disk refuses functions that start, and shop status says so", async (t) => {
    await describeStoreFault(t, shop, {
      name: "read-only disk, SQLite",
      isReadable: false,
      inject: async () => {
        // Files that are open for writing prevent it, also those of functions that visitors start again.
        await remount("ro", () => {
          for (const { name } of shop.platform.functions) shop.kill(name);
        });
        let output = "";
        const why = /^ {2}cartservice exited with code 2: .*DATA_DIR is .*: cannot write/m;
        await poll(
          async () => {
            output = (await runShop(["status", "--local", shop.platform.urls.console])).stdout;
            return why.test(output) ? true : undefined;
          },
          () => output,
          30_000,
        );
      },
      repair: () => remount("rw"),
    });
  });
});

// The system reports a busy file system until the killed processes are gone.
function remount(mode: "ro" | "rw", prepare: () => void = () => undefined): Promise<true> {
  return poll(
    async () => {
      prepare();
      return mount("-o", `remount,${mode}`, folder) ? true : undefined;
    },
    () => `cannot remount ${folder}`,
  );
}

/** Writes a file until the disk is full. */
function fill(path: string): void {
  const chunk = Buffer.alloc(4096);
  assert.throws(
    () => {
      for (;;) writeFileSync(path, chunk, { flag: "a" });
    },
    { code: "ENOSPC" },
  );
}
