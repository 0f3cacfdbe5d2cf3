import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { listFunctions } from "#manifest/manifest.ts";

// The command runs as a process whose PATH has only this folder.
let programs: string;
const digest = `sha256:${"ab".repeat(32)}`;

before(() => {
  programs = mkdtempSync(join(tmpdir(), "shop-programs-"));
});
after(() => rmSync(programs, { recursive: true, force: true }));

test("without a builder one line names all three, and the exit code is 2", () => {
  const { status, stderr } = runImages("--registry", "r.example/shop", "--tag", "1");
  assert.equal(status, 2);
  assert.match(stderr, /^error: no program .* docker \(not installed\), podman .*, buildah .*\n$/);
});

test("a failed build names the function, with the builder's last lines", () => {
  installBuildah('echo "STEP 4: COPY"; echo "no space left on device" >&2; exit 125');
  const { status, stderr } = runImages("--registry", "r.example/shop", "--tag", "1", "adservice");
  assert.equal(status, 1);
  assert.match(stderr, /error: adservice: buildah build of r\.example\/shop\/adservice:1 failed/);
  assert.match(
    stderr,
    /exit code 125\nSTEP 4: COPY\nno space left on device\nFix the error above /,
  );
});

test("after a failed push nothing is reported as built", () => {
  installBuildah('if [ "$1" = push ]; then echo "unauthorized" >&2; exit 1; fi');
  const { status, stdout, stderr } = runImages("--registry", "r.example", "--tag", "1", "--push");
  assert.equal(status, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /service: buildah push of r\.example\/\w+:1 failed/);
});

test("the pushed digests are written to a file for deploy", async () => {
  installBuildah(
    `while [ $# -gt 0 ]; do if [ "$1" = --digestfile ]; then echo ${digest} > "$2"; fi; shift; done`,
  );
  const file = join(programs, "images.json");
  const { status, stdout, stderr } = runImages(
    ...["--registry", "r.example/shop", "--tag", "1", "--push", "--json", file],
  );
  assert.equal(status, 0);
  const why = "to be built again next time: localhost:1 cannot be reached from here (ECONNREFUSED)";
  assert.ok(stderr.includes(`pushed r.example/shop/adservice:1, ${why}\n`));
  const functions = [...listFunctions(), "hipster-shop"];
  const expected = functions.map((name) => [name, `r.example/shop/${name}@${digest}`]);
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), Object.fromEntries(expected));
  for (const name of functions) assert.match(stdout, new RegExp(`/${name}:1 +${digest} `));
});

test("wrong options are reported before an image is built", () => {
  installBuildah("echo built >&2; exit 1");
  const wrong: [RegExp, ...string[]][] = [
    [/no function is named giftservice: expected some of adservice, /, "giftservice"],
    [/the tag is "a:b"/, "--tag", "a:b"],
    [/--json needs --push/, "--json", "images.json"],
    [/--json is "\/nowhere\/x\.json"/, "--push", "--json", "/nowhere/x.json"],
    [/--json is "\.": expected a writable file/, "--push", "--json", "."],
    [/no git commit gives the images a tag: give a --tag/],
  ];
  for (const [message, ...args] of wrong) {
    const { status, stderr } = runImages("--registry", "r.example", ...args);
    assert.match(stderr, message);
    assert.match(stderr, /^error: .*\n$/);
    assert.equal(status, 2);
  }
});

function runImages(...args: string[]) {
  const command = JSON.stringify(join(import.meta.dirname, "command.ts"));
  // The bundles are not changed, because other tests may run them at the same time.
  // No registry listens there, so that no image is reused.
  const given = JSON.stringify(["--no-bundle", "--node-image", "localhost:1/node", ...args]);
  const program = `import { imagesCommand } from ${command};
    await imagesCommand().parseAsync(${given}, { from: "user" });`;
  return spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
    env: { PATH: programs, TMPDIR: tmpdir() },
    timeout: 30_000,
  });
}

// A builder that runs the script, and reports no sizes.
function installBuildah(script: string): void {
  const path = join(programs, "buildah");
  const others = 'case "$1" in --version) exit 0;; inspect) exit 1;; esac';
  writeFileSync(path, `#!/bin/sh\n${others}\n${script}\n`);
  chmodSync(path, 0o755);
}
