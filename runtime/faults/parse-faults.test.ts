import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "../environment.ts";
import { matches, valueAt } from "./fault-rule.ts";
import { parseFaults } from "./parse-faults.ts";

test("reads each kind of fault, its moment and its rate", () => {
  const text = `
    PaymentService/Charge:latency=200ms;
    ShippingService/*:latency=100ms..2s@0.25;
    GET /product/{id}:latency=p50=20ms,p99=2s,after;
    CartService/GetCart:status=UNAVAILABLE@.5;
    POST /cart/checkout:status=503;
    hipstershop.PaymentService/Charge:hang=after;
    PaymentService/Refund:hang;
    *:crash=after@0.01;
    com.hipstershop.order.placed.v1:crash;
    *:cpu=50ms; *:leak=10Mi;`;
  const rules = parseFaults(text);
  const read = rules.map(({ targetText, fault, when, rate }) => [targetText, fault, when, rate]);
  const latency = (...quantiles: number[][]) => ({ kind: "latency", quantiles });
  assert.deepEqual(read, [
    ["PaymentService/Charge", latency([0, 200], [1, 200]), "before", 1],
    ["ShippingService/*", latency([0, 100], [1, 2000]), "before", 0.25],
    ["GET /product/{id}", latency([0.5, 20], [0.99, 2000]), "after", 1],
    ["CartService/GetCart", { kind: "status", status: "UNAVAILABLE" }, "before", 0.5],
    ["POST /cart/checkout", { kind: "status", status: 503 }, "before", 1],
    ["hipstershop.PaymentService/Charge", { kind: "hang" }, "after", 1],
    ["PaymentService/Refund", { kind: "hang" }, "before", 1],
    ["*", { kind: "crash" }, "after", 0.01],
    ["com.hipstershop.order.placed.v1", { kind: "crash" }, "before", 1],
    ["*", { kind: "cpu", durationMs: 50 }, "before", 1],
    ["*", { kind: "leak", bytes: 10 * 1024 ** 2 }, "before", 1],
  ]);
});

test("a distribution is linear between its quantiles and constant beyond them", () => {
  const quantiles = [
    [0.5, 20],
    [0.9, 100],
    [0.99, 1000],
  ] as const;
  const at = [0, 0.5, 0.7, 0.9, 0.945, 0.99, 0.999].map((share) => valueAt(quantiles, share));
  assert.deepEqual(at.map(Math.round), [20, 20, 60, 100, 550, 1000, 1000]);
});

// Which targets match a point.
for (const [target, side, point, isMatch] of [
  ["PaymentService/Charge", "server", "hipstershop.PaymentService/Charge", true],
  ["PaymentService/Charge", "client", "hipstershop.PaymentService/Charge", true],
  ["hipstershop.PaymentService/*", "client", "hipstershop.PaymentService/Refund", true],
  ["PaymentService/Charge", "client", "hipstershop.OtherPaymentService/Charge", false],
  ["PaymentService/Charge", "client", "hipstershop.PaymentService/ChargeAll", false],
  ["POST /cart/checkout", "server", "POST /cart/checkout", true],
  ["POST /cart/checkout", "server", "GET /cart/checkout", false],
  ["GET /product/{id}", "server", "GET /product/OLJCESPC7Z", true],
  ["GET /product/{id}", "server", "GET /product/a/b", false],
  ["GET /static/*", "server", "GET /static/css/base.css", true],
  ["com.hipstershop.order.placed.v1", "client", "com.hipstershop.order.placed.v1", true],
  ["*", "server", "hipstershop.PaymentService/Charge", true],
  ["*", "server", "POST /", true],
  ["*", "client", "hipstershop.PaymentService/Charge", false],
] as const) {
  test(`${target} ${isMatch ? "matches" : "does not match"} ${point} of a ${side}`, () => {
    const [rule] = parseFaults(`${target}:hang`);
    assert.ok(rule);
    const call = { side, target: point, span: undefined, signal: undefined };
    assert.equal(matches(rule, call), isMatch);
  });
}

for (const [rule, problem] of [
  [
    "PaymentService/Charge",
    /expected TARGET:FAULT, such as PaymentService\/Charge:latency=2s@0.1$/,
  ],
  ["Charge:hang", /the target is "Charge": expected a method such as PaymentService\/Charge or /],
  [":hang", /the target is missing: expected a method/],
  ["POST cart:hang", /the target is "POST cart": expected a method/],
  ["*:slow=1s", /the fault is "slow": expected latency, status, hang, crash, cpu or leak$/],
  ["*:", /the fault is missing: expected latency/],
  ["*:latency=soon", /latency is "soon": expected a duration such as 200ms, a range such as 100ms/],
  ["*:latency", /latency is missing: expected a duration/],
  ["*:latency=-1s", /latency is "-1s": expected a duration/],
  ["*:latency=25h", /latency is "25h": expected a duration .*, at most 24h$/],
  ["*:latency=2s..1s", /latency is "2s..1s": expected a range from the shorter to the longer/],
  ["*:latency=1s..2s..3s", /latency is "1s..2s..3s": expected a duration/],
  ["*:latency=p50=2s,p99=1s", /latency is "p50=2s,p99=1s": expected quantiles in ascending order/],
  ["*:latency=p101=2s", /latency is "p101=2s": expected a duration/],
  ["*:status=DOWN", /status is "DOWN": expected one of CANCELLED, UNKNOWN, INVALID_ARGUMENT/],
  ["*:status=503", /status is "503": expected one of CANCELLED/],
  ["GET /:status=UNAVAILABLE", /status is "UNAVAILABLE": expected an HTTP status from 400 to 599$/],
  ["GET /:status=200", /status is "200": expected an HTTP status from 400 to 599$/],
  ["GET /:status=503,after", /the status of a page is sent instead of its response: leave out/],
  ["*:hang=1s", /hang is "1s": expected before or after$/],
  ["*:crash=during", /crash is "during": expected before or after$/],
  ["*:cpu=much", /cpu is "much": expected a duration such as 200ms or 1.5s, at most 24h$/],
  ["*:leak=10MB", /leak is "10MB": expected a number of bytes such as 500000, 64Ki or 10Mi/],
  ["*:leak=0", /leak is "0": expected a number of bytes/],
  ["*:hang@0", /the rate is "0": expected a number above 0 and at most 1, such as 0.1$/],
  ["*:hang@2", /the rate is "2": expected a number above 0/],
  ["*:hang@", /the rate is missing: expected a number above 0/],
] as const) {
  test(`rejects ${rule} with a message that names the rule, the value and the expected one`, () => {
    const reject = () => parseFaults(`*:hang; ${rule}; *:cpu=1s`, "--rule");
    assert.throws(reject, (error) => {
      assert.ok(error instanceof ConfigError);
      const head = `the rule ${JSON.stringify(rule)} of --rule is wrong: `;
      assert.ok(error.message.startsWith(head), error.message);
      assert.match(error.message, problem);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}

test("reports all malformed rules, one per line", () => {
  assert.throws(
    () => parseFaults("a:hang;*:hang;*:slow"),
    /^ConfigError: .*"a:hang".*\n.*"\*:slow"/,
  );
});

test("an empty text has no rules", () => {
  assert.deepEqual(parseFaults(" ; "), []);
});
