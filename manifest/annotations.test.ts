import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDeadLetters, readAnnotations, receivesEvents } from "./annotations.ts";
import { readManifest } from "./manifest.ts";

const port = { "hipstershop.dev/local-port": "7070" };

function read(annotations: Record<string, string>) {
  const problems: string[] = [];
  const settings = readAnnotations({ ...port, ...annotations }, (line) => problems.push(line));
  return { ...settings, problems };
}

test("a function without these annotations neither sweeps nor receives dead letters", () => {
  assert.deepEqual(read({ "other.dev/key": "x" }), {
    localPort: 7070,
    deadLetterType: undefined,
    sweepIntervalMs: undefined,
    backingServices: [],
    variables: [],
    problems: [],
  });
});

test("the backing services of a function are known ones, each named once", () => {
  const servicesOf = (text: string) => read({ "hipstershop.dev/backing-services": text });
  assert.deepEqual(servicesOf("smtp, redis").backingServices, ["redis", "smtp"]);
  assert.deepEqual(servicesOf("broker").problems, []);
  for (const text of ["", "kafka", "redis,", "redis,redis", "redis smtp"]) {
    assert.deepEqual(servicesOf(text).problems, [
      `deploy.annotations["hipstershop.dev/backing-services"] is ${JSON.stringify(text)}: expected some of redis, broker, smtp, with commas`,
    ]);
  }
});

test("the variables of a function are names, each given once", () => {
  const read1 = (text: string) => read({ "hipstershop.dev/variables": text });
  assert.deepEqual(read1("ORDER_LEASE, A1").variables, ["ORDER_LEASE", "A1"]);
  for (const text of ["", "a", "A,", "A B", "A,A", "A=1"]) {
    assert.deepEqual(read1(text).problems, [
      `deploy.annotations["hipstershop.dev/variables"] is ${JSON.stringify(text)}: expected names of variables with commas, each once, such as ORDER_LEASE, MAIL_FROM`,
    ]);
  }
});

test("a sweep interval divides an hour or a day, as the schedule of a CronJob requires", () => {
  const intervalOf = (text: string) => read({ "hipstershop.dev/sweep-interval": text });
  const minuteMs = 60_000;
  for (const [text, minutes] of [
    ["1m", 1],
    ["10m", 10],
    ["1h", 60],
    ["60m", 60],
    ["2h", 120],
    ["24h", 1440],
  ] as const) {
    assert.deepEqual(intervalOf(text).problems, []);
    assert.equal(intervalOf(text).sweepIntervalMs, minutes * minuteMs, text);
  }
  for (const text of ["", "0", "30s", "7m", "90m", "5h", "48h", "soon"]) {
    assert.deepEqual(intervalOf(text).problems, [
      `deploy.annotations["hipstershop.dev/sweep-interval"] is ${JSON.stringify(text)}: expected minutes that divide an hour, or hours that divide a day, such as 10m or 2h`,
    ]);
  }
});

const { deploy } = readManifest("emailservice");

function nodeOf(name: string, type: string | undefined, ...subscribed: string[]) {
  const subscriptions = subscribed.map((each) => ({ source: "default", filters: { type: each } }));
  return { name, deploy: { ...deploy, subscriptions }, deadLetterType: type };
}

test("dead letters need a subscriber to their type, and have one receiver", () => {
  const problemsOf = (...nodes: ReturnType<typeof nodeOf>[]) => {
    const problems: string[] = [];
    checkDeadLetters(nodes, (line) => problems.push(line));
    return problems;
  };
  const mail = nodeOf("mail", undefined, "placed", "seen");
  assert.deepEqual(problemsOf(mail, nodeOf("a", "placed"), nodeOf("b", "seen")), []);
  assert.deepEqual(
    problemsOf(mail, nodeOf("a", "gone"), nodeOf("b", "seen"), nodeOf("c", "seen")),
    [
      "a receives the dead letters of gone, to which no function subscribes",
      "c receives the dead letters of seen, as b does",
    ],
  );
});

test("a function receives events if it subscribes to some or receives dead letters", () => {
  assert.equal(receivesEvents(nodeOf("a", undefined)), false);
  assert.equal(receivesEvents(nodeOf("a", undefined, "placed")), true);
  assert.equal(receivesEvents(nodeOf("a", "placed")), true);
});
