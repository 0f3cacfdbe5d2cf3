import assert from "node:assert/strict";
import { test } from "node:test";
import { isListed } from "./list-objects.ts";

const refuse = (kind: string) =>
  `Error from server (Forbidden): ${kind} is forbidden: User "u" cannot list resource "x"`;

test("a resource that may not be listed is left out, except Knative Services", () => {
  const other = refuse("csistoragecapacities.storage.k8s.io");
  assert.equal(isListed(`Warning: old\n${other}\n${refuse("leases")}\n`), true);
  assert.equal(isListed(`${other}\n${refuse("services.serving.knative.dev")}`), false);
  assert.equal(isListed(`${other}\nUnable to connect to the server`), false);
});
