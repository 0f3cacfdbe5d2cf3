import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./fixtures/source-files.ts";

// The suites that an eleventh function affects: a list or a count of functions would fail in them.
const suites = [
  "manifest/manifest.test.ts",
  "protos/protos.test.ts",
  "test/imports.test.ts",
  "test/example-calls.test.ts",
  "test/stores.test.ts",
  "test/trace.test.ts",
  "knative/manifests.test.ts",
  "bench/shop.test.ts",
  "cli/up.test.ts",
];

test("README's eleventh function needs its own folder, its RPCs and their examples only", {
  timeout: 600_000,
}, (t) => {
  const copy = mkdtempSync(join(tmpdir(), "eleventh-"));
  t.after(() => rmSync(copy, { recursive: true, force: true }));
  copyCheckout(copy);
  const steps = readSteps();
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(join(copy, file), change(readFileSync(join(copy, file), "utf8")));

  const [firstStep = ""] = steps.split("\n2. ");
  // 1. Copy the smallest one, and delete the data and code of ads.
  const [, command = "", source = "", target = ""] = /`(cp -r (\S+) (\S+))`/.exec(steps) ?? [];
  execFileSync("sh", ["-ec", command], { cwd: copy });
  for (const [, file = ""] of firstStep.matchAll(/`([\w-]+\.(?:json|ts))`/g)) {
    rmSync(join(copy, target, file));
  }
  execFileSync("sh", ["-ec", `rm ${target}/*.test.ts`], { cwd: copy });
  // 2. Name and port.
  const [, name = ""] = /`name: (\w+)`/.exec(steps) ?? [];
  assert.equal(join("functions", name), target);
  edit(join(target, "func.yaml"), (text) =>
    text.replace(/^name: .*$/m, `name: ${name}`).replace(/(local-port: )"\d+"/, '$1"9556"'),
  );
  // 3. Its RPC, with an example, and the generated code.
  edit(
    "protos/hipstershop.proto",
    (text) => `${text}
// Wraps.
service GiftService {
  // The price of a wrapping.
  rpc GetWrapping(GetWrappingRequest) returns (GetWrappingResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
  }
}

message GetWrappingRequest {
  string colour = 1;
}

message GetWrappingResponse {
  Money price = 1;
}
`,
  );
  edit("load/example-calls.ts", (text) =>
    text.replace(
      "exampleCalls: readonly ExampleCall[] = [",
      '$&\n  { method: "GiftService/GetWrapping", createRequest: () => ({ colour: "red" }) },',
    ),
  );
  execFileSync("npm", ["run", "generate"], { cwd: copy, stdio: "pipe" });
  // 4. Handlers, and the service's name in index.ts.
  writeFileSync(
    join(copy, target, "service.ts"),
    `import type { GiftServiceDefinition } from "#protos/hipstershop.ts";
import type { Handlers } from "#runtime/rpc.ts";

/** The handlers of the gift service. */
export function createGiftService(): Handlers<GiftServiceDefinition> {
  return { getWrapping: () => ({ price: { currencyCode: "USD", units: 2n, nanos: 0 } }) };
}
`,
  );
  edit(join(target, "index.ts"), (text) =>
    text
      .replaceAll("AdService", "GiftService")
      .replaceAll(source.replace("functions/", ""), name)
      .replace("{ random: () => Math.random() }", ""),
  );

  // 5. The suites start it and call it.
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT;
  const { status, stdout } = spawnSync("npm", ["test", "--", ...suites], {
    cwd: copy,
    encoding: "utf8",
    env,
  });
  assert.equal(status, 0, stdout.slice(-4000));
  assert.match(stdout, /GiftService\/GetWrapping returns OK/);
});

function readSteps(): string {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  return /^## Add an eleventh function\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? "";
}

// As a repository of its own: some suites list files with git.
function copyCheckout(folder: string): void {
  const args = ["ls-files", "-co", "--exclude-standard", "-z"];
  const files = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\0");
  for (const file of files.filter((each) => each !== "")) {
    cpSync(join(root, file), join(folder, file), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  execFileSync("git", ["init", "--quiet"], { cwd: folder });
  execFileSync("git", ["add", "--all"], { cwd: folder, stdio: "pipe" });
}
