import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { findDescendants, readCpuUs, readMemory, readMemoryOf } from "./process-usage.ts";
import { runProcess, startListening, startPrinting, startProcess } from "./processes.ts";

const ready = 'process.send({ type: "ready", port: 7 }); setInterval(() => {}, 1000);';

function plan(script: string) {
  return { name: "sample", args: ["-e", script], env: { SAMPLE: "yes" } };
}

test("a process is ready after its message and has exited after it was stopped", async () => {
  const running = await startProcess(plan(ready));
  assert.equal(running.port, 7);
  assert.doesNotThrow(() => process.kill(running.pid, 0));
  await running.stop();
  assert.throws(() => process.kill(running.pid, 0), { code: "ESRCH" });
  await running.stop();
});

test("a process that exits before it is ready is an error with its stderr", async () => {
  await assert.rejects(
    startProcess(plan('console.error("no such port"); process.exitCode = 3;')),
    /^Error: sample did not start: it ended with exit code 3\nno such port$/,
  );
});

const listening = `
  if (process.send) throw new Error("there is a channel");
  const server = require("node:net").createServer((socket) => socket.end("hello"));
  setTimeout(() => server.listen(Number(process.env.PORT)), 50);`;

test("a process that is given its port is ready at its first connection, which is returned", async () => {
  const running = await startListening(plan(listening));
  assert.ok(running.connection);
  assert.equal(running.connection.remotePort, running.port);
  assert.equal(await text(running.connection), "hello");
  await running.stop();
  assert.throws(() => process.kill(running.pid, 0), { code: "ESRCH" });
});

test("a process that exits before it listens is an error with its stderr", async () => {
  await assert.rejects(
    startListening(plan('console.error("no such port"); process.exitCode = 3;')),
    /^Error: sample did not start: it ended with exit code 3\nno such port$/,
  );
});

test("a run with another exit code than 0 is an error", async () => {
  await runProcess(["-e", "0"]);
  await assert.rejects(runProcess(["-e", "process.exit(1)"]), /ended with exit code 1/);
});

test("a process is ready after the expected line and returns its lines", async () => {
  const script = 'console.log("port 7\\nready\\nmore"); setInterval(() => {}, 1000);';
  const running = await startPrinting(plan(script), (line) => line === "ready");
  assert.deepEqual(running.lines, ["port 7", "ready"]);
  await running.stop();
  assert.throws(() => process.kill(running.pid, 0), { code: "ESRCH" });
});

test("a process that exits before the expected line is an error with its stderr", async () => {
  await assert.rejects(
    startPrinting(plan('console.error("no such port"); process.exitCode = 3;'), () => true),
    /^Error: sample did not start: it ended with exit code 3\nno such port$/,
  );
});

test("the memory of a tree includes that of all descendants", async (t) => {
  const script = `
    const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    process.send({ type: "ready", port: child.pid });
    process.on("SIGTERM", () => { child.kill(); process.exit(0); });
    setInterval(() => {}, 1000);`;
  const running = await startProcess(plan(script));
  t.after(() => running.stop());
  const children = findDescendants(running.pid);
  if (process.platform === "linux") assert.deepEqual(children, [running.port]);
  const alone = readMemory(running.pid).rssBytes;
  assert.ok(readMemoryOf([running.pid, ...children]).rssBytes >= alone);
});

test("reads memory and CPU time of a process", async (t) => {
  const running = await startProcess(plan(ready));
  t.after(() => running.stop());
  const { rssBytes, pssBytes } = readMemory(running.pid);
  assert.ok(rssBytes > 2 ** 20);
  assert.ok(pssBytes === null || (pssBytes > 0 && pssBytes <= rssBytes));
  const cpuUs = readCpuUs(running.pid);
  assert.ok(cpuUs === undefined || cpuUs > 0);
});
