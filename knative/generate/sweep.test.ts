import assert from "node:assert/strict";
import { test } from "node:test";
import { writeSchedule } from "./sweep.ts";

test("an interval that divides an hour or a day becomes a cron schedule", () => {
  const minuteMs = 60_000;
  const schedules = [1, 10, 60, 120, 1440].map((minutes) => writeSchedule(minutes * minuteMs));
  const expected = ["* * * * *", "*/10 * * * *", "0 */1 * * *", "0 */2 * * *", "0 0 * * *"];
  assert.deepEqual(schedules, expected);
});
