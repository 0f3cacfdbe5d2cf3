import assert from "node:assert/strict";
import { after, test } from "node:test";
import { monolithName } from "#manifest/manifest.ts";
import { nodeFlags } from "../../bundle/node-flags.ts";
import { bundleForImages, warmUpBundle } from "./bundle-images.ts";
import { skip, TestImage } from "./fixtures/container.ts";

const image = new TestImage(monolithName);
const program = "/app/monolith/program.cjs";

after(() => (skip ? undefined : image.remove()));

test("the monolith accepts an order in a container that can write only to /tmp, and stops at SIGTERM", {
  skip,
}, async () => {
  await bundleForImages([monolithName]);
  const { ownBytes } = await image.build();
  assert.ok(ownBytes < 24_000_000, `${ownBytes} bytes`);

  // The program that filled the compile cache finds it filled.
  const command = ["node", "/warm-up.cjs", program, "/app/cache", "/app/functions"];
  const debug = { NODE_DEBUG_NATIVE: "COMPILE_CACHE" };
  const { code, output } = await image.run(command, debug, [`${warmUpBundle}:/warm-up.cjs:ro`]);
  assert.equal(code, 0, output);
  assert.match(output, /code cache for CommonJS \/app\/monolith\/program\.cjs was accepted/);
  assert.doesNotMatch(output, /EROFS|EACCES/);
});

test("the functions in the monolith use the image's compile cache", { skip }, async () => {
  const program = "/app/functions/emailservice/dist/start.cjs";
  const { output } = await image.run(["node", ...nodeFlags, program], {
    NODE_DEBUG: "code-cache",
    PORT: "none",
  });
  assert.match(output, /\.code is used/);
});

test("a wrong variable ends the container with one line and exit code 2", { skip }, async () => {
  const { code, output } = await image.run(["node", program], { SHOP_IDLE_WINDOW: "soon" });
  assert.equal(code, 2, output);
  assert.match(output, /the shop is not configured: SHOP_IDLE_WINDOW is \\"soon\\"/);
});

test("the monolith's image starts Node.js itself, as a numeric user", { skip }, async () => {
  const config = await image.readConfig();
  assert.equal(config.User, "65532:65532");
  assert.deepEqual(config.Entrypoint, ["node", program]);
  assert.ok("8080/tcp" in config.ExposedPorts);
});
