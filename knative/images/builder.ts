import { monolithName } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { lastLines, runProgram } from "./run-program.ts";

/** The programs that can build images, in the order in which they are tried. */
export const builderNames = ["docker", "podman", "buildah"] as const;

/** The name of a builder. */
export type BuilderName = (typeof builderNames)[number];

/** The inputs of one build. */
export interface BuildPlan {
  /** The function's name. */
  readonly functionName: string;
  /** The image's name with its tag. */
  readonly reference: string;
  /** The base image with Node.js; with its digest, if it is known. */
  readonly nodeImage: string;
  /** Accepts registries without TLS; docker ignores it, since its daemon has a setting for that. */
  readonly insecure: boolean;
}

/**
 * The builder to use: the given one, or the first that works on this machine.
 *
 * @throws ConfigError with the reason why each builder cannot be used
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
    `no program that builds images works on this machine: ${problems.join(", ")}; install or start one of ${builderNames.join(", ")}`,
  ]);
}

/** The builder's arguments to build one image from the root of the project. */
export function buildArguments(builder: BuilderName, plan: BuildPlan): string[] {
  const [nodeImage, digest = ""] = plan.nodeImage.split("@");
  return [
    "build",
    ...["--file", containerfileOf(plan.functionName)],
    ...["--build-arg", `FUNCTION=${plan.functionName}`],
    ...["--build-arg", `NODE_IMAGE=${nodeImage}`],
    ...["--build-arg", `NODE_IMAGE_DIGEST=${digest}`],
    ...tlsArguments(builder, plan.insecure),
    ...["--tag", plan.reference, "."],
  ];
}

/** The path of an image's Containerfile from the project's root; the monolith has its own. */
export function containerfileOf(functionName: string): string {
  return functionName === monolithName ? "monolith/Containerfile" : "Containerfile";
}

/** The builder's arguments to push one image. All but docker write its digest to a file. */
export function pushArguments(
  builder: BuilderName,
  { reference, insecure }: Pick<BuildPlan, "reference" | "insecure">,
  digestFile: string,
): string[] {
  const digest = builder === "docker" ? [] : ["--digestfile", digestFile];
  return ["push", ...tlsArguments(builder, insecure), ...digest, reference];
}

/** The digest in the last line of `docker push`: `TAG: digest: sha256:... size: N`. */
export function parsePushedDigest(output: string): string | undefined {
  return /\bdigest: (sha256:[0-9a-f]{64})\b/.exec(output)?.[1];
}

// docker's client is often installed without its daemon.
const probes: Record<BuilderName, readonly string[]> = {
  docker: ["version", "--format", "{{.Server.Version}}"],
  podman: ["--version"],
  buildah: ["--version"],
};

function tlsArguments(builder: BuilderName, insecure: boolean): string[] {
  return insecure && builder !== "docker" ? ["--tls-verify=false"] : [];
}
