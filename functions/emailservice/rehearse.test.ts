import { test } from "node:test";
import { rehearseConfirmation } from "./rehearse.ts";

test("what is rehearsed is an event that would be confirmed", async () => {
  await rehearseConfirmation();
});
