import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { type CloudEvent, HTTP } from "cloudevents";
import { prewarm } from "#protos/events.ts";
import { WakeRequest } from "#protos/prewarm.ts";
import { createEventSink } from "./deliver-event.ts";
import { startSinkServer } from "./fixtures/event-sink.ts";
import { countWarmUps, serveHere, untilWarmedUp } from "./fixtures/prewarm.ts";
import { Prewarmer } from "./prewarm.ts";

test("warms up the receivers of a sink by an event, and counts failures", async (t) => {
  const events: unknown[] = [];
  const broker = await serveHere(t, "broker", "off", {
    http: async (request, response) => {
      if (request.url === "/broken") return void response.writeHead(503).end();
      events.push(HTTP.toEvent({ headers: request.headers, body: await text(request) }));
      response.writeHead(202).end();
    },
  });
  const sinkAt = (url: string) => createEventSink(new URL(url));
  const dependencies = {
    sink: sinkAt(`http://${broker.address}/events`),
    broken: sinkAt(`http://${broker.address}/broken`),
    unheard: sinkAt("http://127.0.0.1:1/"),
  };
  const sender = await serveHere(t, "sender", "graph", { dependencies });
  await untilWarmedUp("sink", { "boot OK": 1 });
  await untilWarmedUp("broken", { "boot UNAVAILABLE": 1 });
  await untilWarmedUp("unheard", { "boot UNAVAILABLE": 1 });
  // Its receivers were just warmed up, the others were not.
  await serveHere(t, "waker", "graph", { dependencies: { sender: sender.address } });
  await untilWarmedUp("broken", { "boot UNAVAILABLE": 1, "forward UNAVAILABLE": 1 });
  assert.deepEqual(await countWarmUps("sink"), { "boot OK": 1 });
  const [event, ...others] = events as [CloudEvent<object>];
  assert.deepEqual(others, []);
  const { specversion, type, source, data } = event;
  assert.deepEqual([specversion, type, source], ["1.0", prewarm.type, "/sender"]);
  assert.deepEqual(WakeRequest.fromJSON(data), { waker: "sender" });
});

test("publishes the event of its boot only after its port is open", async (t) => {
  const { received, url } = await startSinkServer(t);
  const dependencies = { sink: createEventSink(url) };
  const options = { service: "booting", mode: "graph", predicts: false, dependencies } as const;
  const prewarmer = new Prewarmer(options);
  t.after(() => prewarmer.close());
  prewarmer.warmUpAtBoot();
  for (let probe = 0; probe < 5; probe += 1) await fetch(url, { method: "POST" });
  prewarmer.reportListening();
  await untilWarmedUp("sink", { "boot OK": 2 });
  assert.deepEqual(
    received.map(({ headers }) => headers["ce-source"]),
    [...Array(5).fill(undefined), "/booting"],
  );
});
