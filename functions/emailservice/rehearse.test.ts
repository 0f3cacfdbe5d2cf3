import { test } from "node:test";
import { rehearseConfirmation } from "./rehearse.ts";

test("what is rehearsed is an order that would be confirmed", () => {
  rehearseConfirmation();
});
