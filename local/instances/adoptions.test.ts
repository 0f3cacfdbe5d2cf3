import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { Adoptions } from "./adoptions.ts";

test("messages of a program that does not know the protocol are ignored", async () => {
  const program = `
    for (const each of [null, "adopted", 1, { type: "adopted" }, { type: "connection end" }]) process.send(each);
  `;
  const child = spawn(process.execPath, ["-e", program], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  new Adoptions(child);
  let count = 0;
  child.on("message", () => {
    count += 1;
  });
  await once(child, "close");
  assert.equal(count, 5);
});
