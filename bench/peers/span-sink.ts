import { createServer } from "node:http";
import { listen } from "./report-ready.ts";

// A collector that counts Zipkin v2 spans; GET returns the count.
const mark = Buffer.from('"traceId":');
let count = 0;
const server = createServer((request, response) => {
  if (request.method !== "POST") return void response.end(String(count));
  const chunks: Buffer[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + 1)) count++;
    response.writeHead(202).end();
  });
});
listen(server);
