import assert from "node:assert/strict";
import { test } from "node:test";
import { drawBoots } from "./draw-boots.ts";
import { drawFlames } from "./draw-flames.ts";
import { type CpuProfile, cutProfile, foldProfiles, selfTimesOf } from "./fold-profiles.ts";

const root = "/checkout";
const frame = (id: number, functionName: string, url: string, children: number[] = []) => ({
  ...{ id, callFrame: { functionName, url }, children },
});

// A page that calls the runtime, which calls grpc-js twice in a row, which writes to a socket.
const profile: CpuProfile = {
  nodes: [
    frame(1, "(root)", "", [2, 7, 8]),
    frame(2, "home", `file://${root}/functions/frontend/routes/home.ts`, [3]),
    frame(3, "call", `file://${root}/runtime/client.ts`, [4]),
    frame(4, "start", "file:///modules/node_modules/@grpc/grpc-js/build/src/call.js", [5]),
    frame(5, "send", "file:///modules/node_modules/@grpc/grpc-js/build/src/send.js", [6, 9]),
    frame(6, "writeBuffer", ""),
    frame(7, "(idle)", ""),
    frame(8, "(garbage collector)", ""),
    frame(9, "stringify", ""),
  ],
  samples: [2, 3, 4, 5, 6, 7, 8, 9],
  timeDeltas: [10, 20, 30, 40, 50, 1000, 60, 5],
};

test("calls within a package are one flame, and idle time is left out", () => {
  const flame = foldProfiles(new Map([["frontend", profile]]), root);
  assert.equal(flame.totalUs, 215);
  const [process] = flame.children;
  assert.equal(process?.name, "frontend");
  const [shop, gc] = process.children;
  assert.deepEqual([shop?.name, gc?.name], ["functions", "GC"]);
  const [runtime] = shop?.children ?? [];
  const [grpc] = runtime?.children ?? [];
  // A native function belongs to its caller, and a write is shown.
  assert.deepEqual([grpc?.name, grpc?.selfUs, grpc?.totalUs], ["grpc-js", 75, 125]);
  assert.equal(grpc?.children[0]?.name, "socket write");
});

test("a group that is called back by what it calls stays one flame", () => {
  const hono = "file:///modules/node_modules/hono/dist/compose.js";
  const nodes = [
    frame(1, "(root)", "", [2]),
    frame(2, "compose", hono, [3]),
    frame(3, "guard", `file://${root}/functions/frontend/http/guard.ts`, [4]),
    frame(4, "next", hono),
  ];
  const called = { nodes, samples: [3, 4], timeDeltas: [10, 20] };
  const [process] = foldProfiles(new Map([["frontend", called]]), root).children;
  const [flame] = process?.children ?? [];
  assert.deepEqual([flame?.name, flame?.selfUs, flame?.totalUs], ["hono", 20, 30]);
  assert.deepEqual(
    flame?.children.map(({ name }) => name),
    ["functions"],
  );
});

test("the time of each group is summed over all processes", () => {
  const both = new Map([
    ["frontend", profile],
    ["cartservice", profile],
  ]);
  const [first, second] = selfTimesOf(foldProfiles(both, root));
  assert.deepEqual([first?.name, first?.selfUs], ["grpc-js", 150]);
  assert.deepEqual([second?.name, second?.selfUs], ["GC", 120]);
});

test("the picture has a title, a label for each flame that is wide enough, and a dark style", () => {
  const svg = drawFlames(foldProfiles(new Map([["frontend", profile]]), root), "home & cart");
  assert.match(svg, /^<svg .*role="img"/);
  assert.ok(svg.includes('<title id="title">home &amp; cart</title>'));
  assert.ok(svg.includes(">frontend 100 %</text>"));
  assert.ok(svg.includes("<title>grpc-js: 58 %</title>"));
  assert.ok(svg.includes("prefers-color-scheme:dark"));
});

test("profiles of one name are one flame, and samples after the end are left out", () => {
  const cut = cutProfile({ ...profile, startTime: 1000 }, 1060);
  const flame = foldProfiles(
    [
      ["cart", cut],
      ["cart", cut],
    ],
    root,
  );
  assert.deepEqual(
    flame.children.map(({ name, totalUs }) => [name, totalUs]),
    [["cart", 2 * (10 + 20 + 30)]],
  );
});

test("boots are bars, the longest first, with the share of each kind of code", () => {
  const flame = foldProfiles(
    [
      ["cart", profile],
      ["email", profile],
    ],
    root,
  );
  const cpuMs = new Map([
    ["cart", 40.2],
    ["email", 60],
  ]);
  const svg = drawBoots(flame, cpuMs);
  assert.match(svg, />email<[\s\S]*>60 ms<[\s\S]*>cart<[\s\S]*>40 ms</);
  assert.match(svg, /<title>cart, gRPC: 35 %<\/title>/);
});
