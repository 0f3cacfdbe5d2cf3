import { mkdirSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { FloorArgument, StoreWork } from "../floors.ts";

/**
 * Returns a function that runs as many SQLite statements and writes as many files for each call as the argument
 * specifies. It opens the SQLite file at its first call.
 */
export function createStoreWork({
  folder,
  reads,
  transactions,
  fileBytes,
}: Required<FloorArgument>["store"]): () => Promise<void> {
  const files = fileBytes.map((bytes) => "x".repeat(bytes));
  let count = 0;
  let store: ReturnType<typeof open> | undefined;
  return async () => {
    store ??= open(folder);
    const { reads: read } = store.statements;
    const id = `${process.pid}-${++count}`;
    for (let index = 0; index < reads; index += 1) read.get(id);
    const [first, ...others] = transactions;
    if (first) commit(store, id, first);
    for (const [index, text] of files.entries()) {
      const path = join(folder, `${id}-${index}`);
      await writeFile(`${path}.part`, text);
      await rename(`${path}.part`, path);
    }
    for (const transaction of others) commit(store, id, transaction);
  };
}

const rowText = "x".repeat(60);

function open(folder: string) {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, "floor.sqlite"), { timeout: 1000 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec(`
    CREATE TABLE IF NOT EXISTS kept (id TEXT PRIMARY KEY, record TEXT, until_ms INTEGER) STRICT;
    CREATE INDEX IF NOT EXISTS kept_by_end ON kept (until_ms)`);
  const statements = {
    deletes: database.prepare("DELETE FROM kept WHERE until_ms <= ?"),
    reads: database.prepare("SELECT record FROM kept WHERE id = ?"),
    writes: database.prepare("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)"),
  };
  return { database, statements };
}

function commit(
  { database, statements }: ReturnType<typeof open>,
  id: string,
  { deletes, reads, writes }: StoreWork["transactions"][number],
): void {
  const nowMs = Date.now();
  database.exec("BEGIN IMMEDIATE");
  for (let index = 0; index < deletes; index += 1) statements.deletes.run(nowMs);
  for (let index = 0; index < reads; index += 1) statements.reads.get(id);
  for (let index = 0; index < writes; index += 1) {
    statements.writes.run(id, rowText, nowMs + 3_600_000);
  }
  database.exec("COMMIT");
}
