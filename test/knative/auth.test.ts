import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { jaegerSource } from "#backends/jaeger.ts";
import { readManifests } from "#manifest/manifest.ts";
import { usedCalls } from "../fixtures/call-graph.ts";
import { poll } from "../fixtures/poll.ts";
import { testEventIdentities } from "./auth-events.suite.ts";
import { authShop, deployAuthShop } from "./fixtures/auth-shop.ts";
import {
  GatewayVisitor,
  kubectl,
  listFunctionPods,
  skip,
  waitForZero,
} from "./fixtures/cluster.ts";
import { sendFrom } from "./fixtures/foreign-pod.ts";
import { Caller, createToken, describeCall, exampleOf, hostOf } from "./fixtures/identities.ts";
import { abandonNamespace, removeNamespace } from "./fixtures/namespace.ts";

const { namespace, elsewhere } = authShop;
// A run that develops this test keeps the shop for the next one.
const isKept = process.env.KNATIVE_KEEP_AUTH === "1";

const functions = readManifests();
const callees = functions.filter(({ isPublic }) => !isPublic).map(({ name }) => name);
const isEdge = (caller: string, callee: string) =>
  functions.some(
    ({ name, dependencies, sweepIntervalMs }) =>
      name === caller &&
      (dependencies.some((each) => each.name === callee) ||
        (caller === callee && sweepIntervalMs !== undefined)),
  );

describe("a shop whose functions have identities", { skip, timeout: 580_000 }, () => {
  const callers = new Map(callees.map((name) => [name, new Caller(name, namespace)]));
  /** A token of each function's service account for all functions. */
  const tokens = new Map<string, string>();
  const call = (name: string, token?: string) => callers.get(name)?.call(token) ?? "";

  before(async () => {
    if (!isKept) await removeNamespace(namespace);
    const { status, stderr } = deployAuthShop();
    assert.equal(status, 0, stderr);
    const audiences = callees.map((name) => hostOf(name, namespace));
    await Promise.all(
      functions.map(async ({ name }) => {
        tokens.set(name, await createToken(name, namespace, audiences));
      }),
    );
    await kubectl.run(["create", "namespace", elsewhere]);
  });

  after(async () => {
    for (const caller of callers.values()) caller.close();
    await abandonNamespace(elsewhere);
    if (!isKept) await abandonNamespace(namespace);
  });

  test("admits each caller that the call graph names, and denies all others, warm", async () => {
    const askAll = async (callee: string) => {
      const wrong: string[] = [];
      for (const { name: caller } of functions) {
        const answer = await call(callee, tokens.get(caller));
        const expected = isEdge(caller, callee)
          ? /^OK$/
          : /^PERMISSION_DENIED: \S+ is not open to /;
        if (!expected.test(answer)) wrong.push(`${caller} -> ${callee}: ${answer}`);
      }
      const anonymous = await call(callee);
      const isRefused = /^UNAUTHENTICATED: \S+ requires an identity: /.test(anonymous);
      return isRefused ? wrong : [...wrong, `nobody -> ${callee}: ${anonymous}`];
    };
    assert.deepEqual((await Promise.all(callees.map(askAll))).flat(), []);
  });

  test("sells over each edge of the call graph, with the pods' own tokens", async () => {
    const traceId = randomBytes(16).toString("hex");
    const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01` };
    const visitor = new GatewayVisitor(authShop.storefront);
    const item = { product_id: "OLJCESPC7Z", quantity: "2" };
    assert.equal((await visitor.post("/cart", item, headers)).status, 302);
    assert.equal((await visitor.get("/cart", headers)).status, 200);
    assert.equal((await visitor.get("/product/OLJCESPC7Z", headers)).status, 200);
    const order = await visitor.order(headers);
    assert.match(order.body, /Thank you/);
    // The mail is an event here.
    const edges = usedCalls.filter((edge) => !edge.endsWith(" -> emailservice"));
    const jaeger = jaegerSource(`http://${await addressOf("jaeger")}:16686`);
    let seen: string[] = [];
    await poll(
      async () => {
        seen = (await jaeger.readTrace(traceId)).flatMap(describeCall);
        return edges.every((edge) => seen.includes(`${edge}: OK`)) ? true : undefined;
      },
      () => `only ${seen.sort().join(", ")}`,
      60_000,
    );
    assert.deepEqual(
      seen.filter((each) => /UNAUTHENTICATED|PERMISSION_DENIED/.test(each)),
      [],
    );
  });

  test("refuses a pod of another namespace, at the gateway's address and at the pods' own", async () => {
    const { path, message } = exampleOf("paymentservice");
    const grpc = Buffer.from(message).toString("base64");
    const payment = hostOf("paymentservice", namespace);
    await call("paymentservice");
    await call("emailservice");
    const pod = await podAddressOf("paymentservice");
    const mail = await podAddressOf("emailservice");
    const event = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/x", "ce-type": "x" };
    const atGateway = { url: `http://${payment}${path}`, authority: payment, grpc };
    const atPod = { url: `http://${pod}:8080${path}`, authority: payment, grpc };
    const answers = await sendFrom(elsewhere, authShop.image, [
      { ...atGateway, audience: payment },
      atGateway,
      { ...atPod, audience: payment },
      atPod,
      // The function receives events at another Service, but its program accepts them here too.
      { url: `http://${mail}:8080/`, authority: mail, headers: event },
    ]);
    assert.deepEqual(answers, ["grpc 7", "grpc 16", "grpc 7", "grpc 16", "http 401"]);
  });

  test("refuses tokens for another audience, and of the API server", async () => {
    const other = await createToken("checkoutservice", namespace, [
      hostOf("cartservice", namespace),
    ]);
    assert.match(await call("paymentservice", other), /^UNAUTHENTICATED: .* not for the audience /);
    const own = await createToken("checkoutservice", namespace, []);
    assert.match(await call("paymentservice", own), /^UNAUTHENTICATED: .* not for the audience /);
  });

  test("answers health checks without a token", async () => {
    const check = (caller: Caller) => caller.send("/grpc.health.v1.Health/Check", Buffer.alloc(0));
    const answers = await Promise.all([...callers.values()].map(check));
    assert.deepEqual(new Set(answers), new Set(["OK"]));
  });

  test("sweeps, as checkoutservice", async () => {
    const name = `sweep-${randomBytes(4).toString("hex")}`;
    const from = "--from=cronjob/checkoutservice-sweep";
    await kubectl.read(["create", "job", name, "-n", namespace, from]);
    await poll(
      async () => {
        const job = (await kubectl.readJson(["get", "job", name, "-n", namespace])) as Job;
        assert.equal(job.status?.failed ?? 0, 0);
        return job.status?.succeeded === 1 ? true : undefined;
      },
      () => `job ${name} has not succeeded`,
      90_000,
    );
  });

  test("admits and denies from zero", async () => {
    await waitForZero(callees, namespace);
    const answers = await Promise.all(
      callees.map(async (callee, index) => {
        const allowed = functions.find(({ name }) => isEdge(name, callee))?.name ?? "";
        const caller = index % 2 === 0 ? allowed : "adservice";
        return `${caller} -> ${callee}: ${(await call(callee, tokens.get(caller))).split(":")[0]}`;
      }),
    );
    const wrong = answers.filter((answer) => {
      const isDenied = answer.startsWith("adservice -> ");
      return !answer.endsWith(isDenied ? ": PERMISSION_DENIED" : ": OK");
    });
    assert.deepEqual(wrong, []);
  });

  if (!isKept) testEventIdentities();
});

interface Job {
  status?: { succeeded?: number; failed?: number };
}

async function addressOf(service: string): Promise<string> {
  const path = "jsonpath={.spec.clusterIP}";
  return kubectl.read(["get", "svc", service, "-n", namespace, "-o", path]);
}

async function podAddressOf(name: string): Promise<string> {
  const pods = await listFunctionPods([name], namespace);
  const running = pods.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  return (running?.status as { podIP?: string } | undefined)?.podIP ?? "";
}
