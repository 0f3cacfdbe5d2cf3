import { mkdirSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { serveEcho } from "./serve-echo.ts";

// The floor of a function with a store: bundled grpc-js whose first call opens an SQLite file, runs as
// many statements and writes as many files as its argument specifies, and returns the message.
const { folder, reads, writes, files } = JSON.parse(process.argv[2] ?? "{}");
let database: DatabaseSync | undefined;

function open(): DatabaseSync {
  mkdirSync(folder, { recursive: true });
  const opened = new DatabaseSync(join(folder, "floor.sqlite"), { timeout: 1000 });
  opened.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  opened.exec("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value INTEGER) STRICT");
  return opened;
}

async function work(): Promise<void> {
  database ??= open();
  for (let count = 0; count < reads; count += 1) {
    database.prepare("SELECT value FROM kept WHERE name = ?").get("bench");
  }
  for (let count = 0; count < writes; count += 1) {
    database.exec("BEGIN IMMEDIATE");
    database.prepare("INSERT OR REPLACE INTO kept VALUES (?, ?)").run("bench", count);
    database.exec("COMMIT");
  }
  for (let count = 0; count < files; count += 1) {
    const path = join(folder, "files", String(count));
    await mkdir(join(folder, "files"), { recursive: true });
    await writeFile(`${path}.part`, "kept");
    await rename(`${path}.part`, path);
  }
}

serveEcho(work);
