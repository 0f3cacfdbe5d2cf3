import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { type LocalShop, startLocalShop } from "./fixtures/local-shop.ts";
import { poll } from "./fixtures/poll.ts";
import { Visitor } from "./fixtures/visitor.ts";

const cli = join(import.meta.dirname, "..", "cli", "shop.ts");

interface Line {
  readonly service: string;
  readonly message: string;
  readonly trace_id?: string;
}

describe("the log of a shop", () => {
  let shop: LocalShop;
  before(async () => {
    shop = await startLocalShop();
  });
  after(() => shop.close());

  async function buySomething(): Promise<string> {
    const traceId = randomBytes(16).toString("hex");
    const visitor = new Visitor(shop.platform.urls.storefront);
    await visitor.post("/cart", { product_id: "OLJCESPC7Z", quantity: "2" });
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const page = await visitor.order(headers);
    assert.equal(page.status, 200, await page.text());
    return traceId;
  }

  function runLogs(...args: string[]) {
    const given = ["logs", "--local", shop.platform.urls.console, ...args];
    const child = spawn(process.execPath, [cli, ...given], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    return child;
  }

  test("has the trace id on every line of a request", async () => {
    const traceId = await buySomething();
    const readLines = async (...args: string[]) => {
      const printed = await text(runLogs("--json", ...args).stdout);
      return printed
        .trimEnd()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Line);
    };
    const ofRequest = await poll(
      async () => {
        const lines = await readLines("--trace", traceId);
        // The mail is written after the page, and the order confirmed after the mail.
        return lines.some(({ message }) => message === "order confirmed") ? lines : undefined;
      },
      () => "the line of the confirmed order",
    );
    assert.deepEqual(ofRequest.map(({ service }) => service).sort(), [
      "checkoutservice",
      "checkoutservice",
      "emailservice",
      "paymentservice",
      "shippingservice",
    ]);
    const ofFunctions = (await readLines()).filter(({ service }) => service !== "platform");
    const untraced = ofFunctions.filter(({ trace_id }) => trace_id === undefined);
    // A process's own log lines belong to no request.
    assert.deepEqual([...new Set(untraced.map(({ message }) => message))], ["ready"]);
  });

  test("is followed until Ctrl-C for the given functions", async () => {
    const firstId = await buySomething();
    const child = runLogs("--follow", "paymentservice");
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      printed += chunk;
    });
    await poll(
      async () => (printed.includes(`trace=${firstId}`) ? true : undefined),
      () => printed,
    );
    const traceId = await buySomething();
    await poll(
      async () => (printed.includes(`trace=${traceId}`) ? true : undefined),
      () => printed,
    );
    child.kill("SIGINT");
    assert.deepEqual(await once(child, "exit"), [0, null]);
    assert.ok(printed.split("\n").every((line) => line === "" || line.includes("paymentservice")));
  });
});
