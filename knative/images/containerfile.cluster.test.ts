import assert from "node:assert/strict";
import { after, test } from "node:test";
import { licenseFiles } from "../../bundle/licenses/write-licenses.ts";
import { nodeFlags } from "../../bundle/node-flags.ts";
import { skip, TestImage } from "./fixtures/container.ts";

const image = new TestImage("shippingservice");
const entrypoint = ["node", ...nodeFlags, "/app/start.cjs"];

after(() => (skip ? undefined : image.remove()));

test("an image has a small bundle, and the container uses its compile cache", {
  skip,
}, async () => {
  const { ownBytes } = await image.build();
  assert.ok(ownBytes < 3_000_000, `${ownBytes} bytes`);

  // An invalid port ends the function after its modules are loaded.
  const { output } = await image.run(entrypoint, {
    NODE_DEBUG: "code-cache",
    PORT: "none",
  });
  assert.match(output, /PORT is \\?"none\\?"/);
  assert.match(output, /\/app\/cache\/\S+-65532\/_app_index\.cjs\.code is used/);
  assert.doesNotMatch(output, /rejected|written|EROFS|EACCES/);
});

test("an image has the licences and the SBOM of its bundle in /licenses", { skip }, async () => {
  const { output } = await image.run(["ls", "/licenses", "/app"], {});
  for (const name of Object.values(licenseFiles)) assert.ok(output.includes(`${name}\n`), name);
  const { stdout } = await image.run(["cat", `/licenses/${licenseFiles.sbom}`], {});
  const { metadata, components } = JSON.parse(stdout);
  assert.equal(metadata.component.name, "shippingservice");
  assert.ok(components.some(({ name }: { name: string }) => name === "ioredis"));
});

test("an image starts Node.js itself, as a numeric user that is not root", {
  skip,
}, async () => {
  const config = await image.readConfig();
  assert.equal(config.User, "65532:65532");
  assert.deepEqual(config.Entrypoint, entrypoint);
  assert.deepEqual(config.Cmd ?? [], []);
  assert.equal(config.WorkingDir, "/app");
  assert.ok("8080/tcp" in config.ExposedPorts);
});
