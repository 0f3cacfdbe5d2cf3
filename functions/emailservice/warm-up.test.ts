import { test } from "node:test";
import { warmUpMail } from "./warm-up.ts";

test("the warm-up uses a valid order and loads the mail client", async () => {
  await warmUpMail(new URL("smtp://127.0.0.1:1"));
});
