import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseAllDocuments } from "yaml";
import { read, root } from "./repository.ts";

/**
 * Checks a `kubectl` command without a cluster: its verb, options, files, patches, and the Services and
 * functions of the shop that it names.
 *
 * @throws Error with the reason
 */
export function checkKubectl(args: readonly string[]): void {
  const text = { type: "string", multiple: true } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      namespace: { ...text, short: "n" },
      filename: { ...text, short: "f" },
      kustomize: { ...text, short: "k" },
      selector: { ...text, short: "l" },
      output: { ...text, short: "o" },
      patch: { ...text, short: "p" },
      type: text,
      "server-side": { type: "boolean" },
      "dry-run": text,
      "from-file": text,
      from: text,
      all: { type: "boolean" },
      audience: text,
    },
  });
  const verbs = "apply patch get describe logs port-forward proxy create delete label exec".split(
    " ",
  );
  assert.ok(verbs.includes(positionals[0] ?? ""), `${positionals[0]} is not one of ${verbs}`);
  for (const patch of values.patch ?? []) JSON.parse(patch);
  for (const file of values.filename ?? []) {
    assert.ok(
      file === "-" || URL.canParse(file) || existsSync(join(root, file)),
      `${file} is missing`,
    );
  }
  for (const folder of values.kustomize ?? []) {
    const file = join(folder, "kustomization.yaml");
    assert.ok(existsSync(join(root, file)), `${file} is missing`);
  }
  for (const source of values.from ?? []) {
    const isSource = ({ kind, metadata }: ManifestObject) =>
      `${kind}/${metadata.name}`.toLowerCase() === source;
    assert.ok(manifestObjects().some(isSource), `no manifest has ${source}`);
  }
  const [verb, object = "", second = ""] = positionals;
  if (!values.namespace?.includes("shop")) return;
  if (verb === "port-forward") {
    const port = Number(second.split(":").at(-1));
    assert.ok(
      servicePorts().get(object.replace("svc/", ""))?.includes(port),
      `${object} ${second}`,
    );
  } else if (verb === "exec") {
    const isPod = ({ kind, metadata }: ManifestObject) =>
      kind === "StatefulSet" && `${metadata.name}-0` === object;
    assert.ok(manifestObjects().some(isPod), `no StatefulSet has the pod ${object}`);
  } else if (object === "ksvc") {
    assert.ok(existsSync(join(root, "functions", second)), `no function is named ${second}`);
  }
}

/** The ports of the Services in the repository's manifests by their names. */
function servicePorts(): Map<string, number[]> {
  const services = manifestObjects().filter(
    ({ kind, apiVersion }) => kind === "Service" && apiVersion === "v1",
  );
  return new Map(
    services.map(({ metadata, spec }) => [
      metadata.name,
      (spec?.ports ?? []).map(({ port }) => port),
    ]),
  );
}

interface ManifestObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly ports?: readonly { readonly port: number }[] };
}

function manifestObjects(): ManifestObject[] {
  const files = execFileSync("git", ["ls-files", "knative/*.yaml", "observability/*.yaml"], {
    cwd: root,
    encoding: "utf8",
  });
  return files
    .trim()
    .split("\n")
    .flatMap((file) => parseAllDocuments(read(file)).map((document) => document.toJS()))
    .filter((object) => object?.metadata?.name !== undefined);
}
