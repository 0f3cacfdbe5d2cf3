import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError, parseDurationMs, readEnvironment } from "./environment.ts";

describe("parseDurationMs", () => {
  for (const [text, expected] of [
    ["5.5s", 5500],
    ["300ms", 300],
    ["1h30m", 5_400_000],
    ["0", 0],
    ["2us", 0.002],
    ["5", undefined],
    ["-5s", undefined],
    ["5 s", undefined],
    ["s", undefined],
    ["", undefined],
  ] as const) {
    test(`reads ${JSON.stringify(text)} as ${expected} ms`, () => {
      assert.equal(parseDurationMs(text), expected);
    });
  }
});

describe("readEnvironment", () => {
  test("reads each kind of variable", () => {
    const env = { A: "cartservice:7070", P: "0", D: "2s", U: "smtp://u:p@mail:25", W: "b" };
    const config = readEnvironment(env, (read) => ({
      address: read.address("A"),
      port: read.port("P", 8080),
      durationMs: read.durationMs("D", "1s"),
      url: read.optionalUrl("U", ["smtp:"])?.hostname,
      word: read.oneOf("W", ["a", "b"], "a"),
      fallback: read.string("MISSING", "x"),
    }));
    assert.deepEqual(config, {
      address: "cartservice:7070",
      port: 0,
      durationMs: 2000,
      url: "mail",
      word: "b",
      fallback: "x",
    });
  });

  test("reports every invalid variable with its value and rule", () => {
    const env = { A: "http://cart:70", P: "70000", D: "soon", W: "c", EMPTY: "" };
    const read = () =>
      readEnvironment(env, (read) => ({
        a: read.address("A"),
        p: read.port("P", 1),
        d: read.durationMs("D", "1s"),
        w: read.oneOf("W", ["a", "b"], "a"),
        empty: read.address("EMPTY"),
      }));
    assert.throws(read, (error) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(error.message.split("\n"), [
        'A is "http://cart:70": expected host:port without a scheme, such as cartservice:7070',
        'P is "70000": expected a TCP port',
        'D is "soon": expected a duration such as 5.5s, 300ms or 1h30m',
        'W is "c": expected one of a, b',
        "EMPTY is not set: expected host:port without a scheme, such as cartservice:7070",
      ]);
      return true;
    });
  });

  test("reports a duration that is too short", () => {
    const read = (text: string) =>
      readEnvironment({ D: text }, (read) => ({ ms: read.durationMs("D", "20s", "1s") })).ms;
    assert.equal(read(""), 20_000);
    assert.equal(read("1s"), 1000);
    for (const text of ["0", "999ms", "soon"]) {
      const message = `D is "${text}": expected a duration of at least 1s, such as 20s`;
      assert.throws(() => read(text), { name: "ConfigError", message });
    }
  });

  test("masks the password of an invalid URL", () => {
    for (const [text, masked] of [
      ["ftp://user:hunter2@mail:25", "ftp://user:***@mail:25"],
      ["ftp://user:a@hunter2@mail:25", "ftp://user:***@mail:25"],
      ["ftp://user:a/hunter2@mail:25", "ftp://user:***@mail:25"],
      ["user:hunter2@mail:25", "user:***@mail:25"],
      [":hunter2@mail:25", ":***@mail:25"],
      ["ftp://mail:25", "ftp://mail:25"],
    ] as const) {
      const message = `SMTP_URL is "${masked}": expected a URL such as smtp://host:port`;
      const read = () =>
        readEnvironment({ SMTP_URL: text }, (r) => ({ url: r.optionalUrl("SMTP_URL", ["smtp:"]) }));
      assert.throws(read, { message });
    }
  });
});

test("keys have a minimum length, and an error does not show them", () => {
  const read = (S?: string) =>
    readEnvironment({ S }, (r) => ({ keys: r.optionalKeys("S", 8) })).keys;
  assert.deepEqual(read("12345678"), ["12345678"]);
  assert.deepEqual(read("12345678,abcdefghi"), ["12345678", "abcdefghi"]);
  assert.equal(read(""), undefined);
  for (const [text, length] of [
    ["topkey", 6],
    ["12345678,topkey", 6],
    ["12345678,", 0],
  ] as const) {
    const message = `S has a key of ${length} characters: expected at least 8`;
    assert.throws(() => read(text), { message });
  }
});
