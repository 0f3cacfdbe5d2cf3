import assert from "node:assert/strict";
import { test } from "node:test";
import { KubectlError } from "#backends/kubectl.ts";
import { answerKubectl } from "./fixtures/answer-kubectl.ts";
import { checkSecrets, findPlaceholders } from "./generated-secrets.ts";

test("an existing Secret with the password change-me, or without one, is refused", async () => {
  const problemsOf = async (state: string) => {
    const { kubectl, commands } = answerKubectl({ "get secret redis": state });
    const lines = await checkSecrets(kubectl, ["redis"], "shop");
    // Also with the end of a line, as `echo change-me` writes it.
    assert.match(
      commands[0] ?? "",
      /\{\{ if eq \. "Y2hhbmdlLW1l" .*"Y2hhbmdlLW1lCg==".* \}\} placeholder/,
    );
    return lines.join();
  };
  assert.match(
    await problemsOf("found placeholder"),
    /^Secret redis .* has the password change-me/,
  );
  assert.match(await problemsOf("found"), /^Secret redis in namespace shop has no key password/);
  assert.equal(await problemsOf("found set"), "");
  assert.equal(await problemsOf(""), "");
});

test("a Secret that cannot be read is not taken for one with a password", async () => {
  const { kubectl } = answerKubectl({});
  const failing = { ...kubectl, run: async () => ({ exitCode: 1, stdout: "", stderr: "timeout" }) };
  const read = async () => Promise.reject(new KubectlError(["get"], await failing.run()));
  await assert.rejects(checkSecrets({ ...failing, read }, ["redis"], "shop"), KubectlError);
});

test("a manifest with the value change-me is refused, as text and as base64", () => {
  const metadata = { name: "redis" };
  const container = { env: [{ name: "REDIS_PASSWORD", value: "change-me" }] };
  const objects = [
    { kind: "Secret", metadata, stringData: { password: "change-me" } },
    { kind: "Secret", metadata, data: { password: "Y2hhbmdlLW1l" } },
    { kind: "StatefulSet", metadata, spec: { template: { spec: { containers: [container] } } } },
    { kind: "Secret", metadata, stringData: { password: "change-me\n" } },
    { kind: "Secret", metadata, stringData: { password: " change-me " } },
    { kind: "Secret", metadata, data: { password: "Y2hhbmdlLW1lCg==" } },
    { kind: "Secret", metadata, stringData: { password: "change-me-not" } },
    { kind: "Secret", metadata, stringData: { password: "change-me\nnot" } },
  ];
  const lines = findPlaceholders(objects);
  assert.equal(lines.length, 6);
  for (const line of lines) assert.match(line, / redis has the value change-me: /);
});
