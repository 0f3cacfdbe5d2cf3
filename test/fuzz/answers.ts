import type { Problem } from "./target.ts";

// Statuses of gRPC.
const codes = {
  ...{ 2: "UNKNOWN", 4: "DEADLINE_EXCEEDED", 13: "INTERNAL", 14: "UNAVAILABLE", 15: "DATA_LOSS" },
} as Readonly<Record<string, string>>;
const timely = new Set(["DEADLINE_EXCEEDED", "UNAVAILABLE"]);

/**
 * What is wrong with the status of a call: none of them is an answer to a caller's mistake.
 * RESOURCE_EXHAUSTED is one: the limits of requests and of message sizes.
 */
export function judgeGrpc(code: string | undefined, message: string): Problem | undefined {
  const name = codes[code ?? ""];
  if (name === undefined) return undefined;
  return { message: `${name}: ${decodeURIComponent(message)}`, isTimely: timely.has(name) };
}

// Beyond MAX_CONCURRENT_REQUESTS, and the local platform's answer if a function closes a connection without one, as
// Node.js does for some malformed requests.
const expected503 = /\r\n\r\n(?:too many requests:|\w+ ended before it answered)/;

/** What is wrong with an HTTP response: no caller's mistake has a status of 500 or above. */
export function judgeHttp(response: string): Problem | undefined {
  for (const part of response.split(/(?=^HTTP\/1\.1 \d{3})/m)) {
    const [head = ""] = part.split("\r\n\r\n", 1);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? "";
    if (Number(status) < 500) continue;
    if (status === "503" && expected503.test(part)) continue;
    const isTimely = status === "503" || status === "504";
    return { message: `${head.split("\r\n", 1)[0]}: ${response.slice(-500)}`, isTimely };
  }
  return undefined;
}
