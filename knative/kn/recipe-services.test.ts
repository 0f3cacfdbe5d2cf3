import assert from "node:assert/strict";
import { test } from "node:test";
import { skipWithoutKubectl } from "#backends/fixtures/kubeconfig.ts";
import { readRecipeObjects } from "./recipe-services.ts";

test("an overlay with identities is refused, because kn and func cannot create tokens", {
  skip: skipWithoutKubectl,
}, async () => {
  const options = { namespace: "shop", registry: "registry.example/shop", tag: "1" };
  const { services } = await readRecipeObjects(["adservice"], { ...options, overlay: "default" });
  assert.equal(services.length, 1);
  await assert.rejects(readRecipeObjects(["adservice"], { ...options, overlay: "auth" }), {
    name: "ConfigError",
    message: /^--overlay is "auth", whose functions have service accounts with tokens, /,
  });
});
