import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSpans, SpanError } from "./parse-zipkin.ts";

const wrong: readonly [text: string, why: RegExp][] = [
  ["{", /not JSON/],
  ["{}", /not a JSON list/],
  ["[1]", /span 0: is not an object/],
  ['[{"traceId":"x","id":"1"}]', /span 0: traceId/],
  ['[{"traceId":"1","id":"12345678901234567"}]', /span 0: id/],
  ['[{"traceId":"1","id":"1","parentId":7}]', /span 0: parentId/],
  ['[{"traceId":"1","id":"1","timestamp":"now"}]', /span 0: timestamp/],
  ['[{"traceId":"1","id":"1","duration":-1}]', /span 0: duration/],
  ['[{"traceId":"1","id":"1","tags":[]}]', /span 0: tags/],
  ['[{"traceId":"1","id":"1","tags":{"a":"b","c":{}}}]', /span 0: tag "c" is not a text/],
  ['[{"traceId":"1","id":"1","tags":{"a":null}}]', /span 0: tag "a" is not a text/],
];

for (const [text, why] of wrong) {
  test(`${text} is rejected with a reason`, () => {
    assert.throws(
      () => parseSpans(text),
      (error) => {
        assert.ok(error instanceof SpanError);
        assert.match(error.message, why);
        return true;
      },
    );
  });
}

test("numbers and truth values of tags become texts", () => {
  const [span] = parseSpans('[{"traceId":"1","id":"1","tags":{"a":1,"b":true,"__proto__":"c"}}]');
  assert.deepEqual(Object.entries(span?.tags ?? {}), [
    ["a", "1"],
    ["b", "true"],
    ["__proto__", "c"],
  ]);
});
