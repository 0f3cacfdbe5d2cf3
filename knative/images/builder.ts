import { monolithName } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { lastLines, runProgram } from "./run-program.ts";

/** The programs that can build the images, in the order in which they are looked for. */
export const builderNames = ["docker", "podman", "buildah"] as const;

/** One of them. */
export type BuilderName = (typeof builderNames)[number];

/** What one image is built of. */
export interface BuildPlan {
  /** The function's name. */
  functionName: string;
  /** The image's name with its tag. */
  reference: string;
  /** The base image, which brings Node.js. */
  nodeImage: string;
  /** Registries without TLS are taken. docker has a setting of its daemon for that, no option. */
  insecure: boolean;
}

/**
 * The builder to use: the wanted one, or the first that works on this machine.
 *
 * @throws ConfigError saying of each one why it cannot be used
 */
export async function findBuilder(wanted?: BuilderName): Promise<BuilderName> {
  const problems: string[] = [];
  for (const name of wanted === undefined ? builderNames : [wanted]) {
    const { code, output } = await runProgram(name, probes[name]);
    if (code === 0) return name;
    const reason = code === undefined ? "not installed" : lastLines(output, 1).trim();
    problems.push(`${name} (${reason})`);
  }
  throw new ConfigError([
    `no program that builds images works here: ${problems.join(", ")}; install or start one of ${builderNames.join(", ")}`,
  ]);
}

/** The arguments of the builder that build one image from the root of the project. */
export function buildArguments(builder: BuilderName, plan: BuildPlan): string[] {
  return [
    "build",
    ...["--file", containerfileOf(plan.functionName)],
    ...["--build-arg", `FUNCTION=${plan.functionName}`],
    ...["--build-arg", `NODE_IMAGE=${plan.nodeImage}`],
    ...tlsArguments(builder, plan.insecure),
    ...["--tag", plan.reference, "."],
  ];
}

/** The path of an image's Containerfile from the project's root; the monolith has its own. */
export function containerfileOf(functionName: string): string {
  return functionName === monolithName ? "monolith/Containerfile" : "Containerfile";
}

/** The arguments that push one image. All but docker write its digest into a file. */
export function pushArguments(
  builder: BuilderName,
  { reference, insecure }: Pick<BuildPlan, "reference" | "insecure">,
  digestFile: string,
): string[] {
  const digest = builder === "docker" ? [] : ["--digestfile", digestFile];
  return ["push", ...tlsArguments(builder, insecure), ...digest, reference];
}

/** The digest in what `docker push` prints last: `TAG: digest: sha256:... size: N`. */
export function parsePushedDigest(output: string): string | undefined {
  return /\bdigest: (sha256:[0-9a-f]{64})\b/.exec(output)?.[1];
}

// docker's client is often there without its daemon.
const probes: Record<BuilderName, readonly string[]> = {
  docker: ["version", "--format", "{{.Server.Version}}"],
  podman: ["--version"],
  buildah: ["--version"],
};

function tlsArguments(builder: BuilderName, insecure: boolean): string[] {
  return insecure && builder !== "docker" ? ["--tls-verify=false"] : [];
}
