import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Sqlite } from "./sqlite.ts";

const schema = "CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY) STRICT";

function makeDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "sqlite-test-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function open(t: TestContext, directory: string): Sqlite {
  const sqlite = new Sqlite({ directory, file: "words.sqlite", schema });
  t.after(() => sqlite.close());
  return sqlite;
}

const add = (sqlite: Sqlite, word: string) =>
  sqlite.write("INSERT words", (session) => session.run("INSERT INTO words VALUES (?)", word));
const count = (sqlite: Sqlite) =>
  sqlite.read("SELECT words", (session) => session.get("SELECT count(*) AS n FROM words")?.n);

test("creates the folder, and a new connection reads what was written", async (t) => {
  const directory = join(makeDirectory(t), "deep", "folder");
  const first = open(t, directory);
  await add(first, "one");
  await first.close();
  await first.close();
  assert.equal(await count(open(t, directory)), 1);
});

test("rolls back a transaction that throws", async (t) => {
  const sqlite = open(t, makeDirectory(t));
  const broken = sqlite.write("INSERT words", (session) => {
    session.run("INSERT INTO words VALUES ('half')");
    throw new RangeError("stop");
  });
  await assert.rejects(broken, RangeError);
  assert.equal(await count(sqlite), 0);
  await add(sqlite, "whole");
});

test("a commit is synced to the disk as configured", async (t) => {
  for (const [synchronous, level] of [
    [undefined, 1],
    ["NORMAL", 1],
    ["FULL", 2],
  ] as const) {
    const directory = makeDirectory(t);
    const options = synchronous && { synchronous };
    const sqlite = new Sqlite({ directory, file: "words.sqlite", schema, ...options });
    t.after(() => sqlite.close());
    const pragma = await sqlite.read("PRAGMA", (session) => session.get("PRAGMA synchronous"));
    assert.equal(pragma?.synchronous, level);
  }
});

test("a file with the current format is not written to when it is opened", async (t) => {
  const directory = makeDirectory(t);
  const path = join(directory, "words.sqlite");
  const reopen = async () => {
    const sqlite = new Sqlite({ directory, file: "words.sqlite", schema, format: 2 });
    await sqlite.ping();
    await sqlite.close();
    return readFileSync(path);
  };
  assert.deepEqual(await reopen(), await reopen());
});

test("an error of SQLite is a StoreError with the file's name but not its path", async (t) => {
  const directory = makeDirectory(t);
  const sqlite = open(t, directory);
  await add(sqlite, "one");
  await assert.rejects(add(sqlite, "one"), (error: Error & { unreachable?: boolean }) => {
    assert.match(error.message, /^SQLite file words\.sqlite: UNIQUE constraint failed/);
    assert.equal(error.unreachable, false);
    return true;
  });
});

test("refuses a file that is not a database, and opens it after it was removed", async (t) => {
  const directory = makeDirectory(t);
  writeFileSync(
    join(directory, "words.sqlite"),
    "this is not a database, but long enough to be one",
  );
  const sqlite = open(t, directory);
  await assert.rejects(sqlite.ping(), { name: "StoreError", message: /file is not a database/ });
  rmSync(join(directory, "words.sqlite"));
  await sqlite.ping();
});

test("a folder that cannot be created is unreachable", async (t) => {
  const directory = makeDirectory(t);
  writeFileSync(join(directory, "file"), "");
  for (const folder of [join(directory, "file", "folder"), "/proc/shop/data"]) {
    await assert.rejects(open(t, folder).ping(), { name: "StoreError", unreachable: true });
  }
});

test("a full disk is unreachable until there is space", async (t) => {
  const sqlite = open(t, makeDirectory(t));
  await add(sqlite, "first");
  const limit = (pages: number) =>
    sqlite.read("PRAGMA", (session) => session.get(`PRAGMA max_page_count = ${pages}`));
  await limit(1);
  const long = "x".repeat(100_000);
  await assert.rejects(add(sqlite, long), { name: "StoreError", unreachable: true });
  await limit(1_000_000);
  await add(sqlite, long);
});

test("a file that another connection has locked is unreachable", async (t) => {
  const directory = makeDirectory(t);
  const [holder, other] = [open(t, directory), open(t, directory)];
  await other.ping();
  await holder.write("INSERT words", (session) => {
    session.run("INSERT INTO words VALUES ('held')");
    return undefined;
  });
  const { DatabaseSync } = await import("node:sqlite");
  const lock = new DatabaseSync(join(directory, "words.sqlite"));
  lock.exec("BEGIN IMMEDIATE");
  await assert.rejects(add(other, "late"), { name: "StoreError", unreachable: true });
  lock.exec("ROLLBACK");
  lock.close();
  await add(other, "later");
  assert.equal(await count(other), 2);
});
