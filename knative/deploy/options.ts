import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError } from "#runtime/environment.ts";
import { defaultNodeImage } from "../images/build-images.ts";
import type { BuilderName } from "../images/builder.ts";
import { type OptionalPart, readParts } from "../manifests/optional-parts.ts";
import { readImages } from "./image-options.ts";

/** What the user may give to `deploy`, as commander hands it on. */
export interface RawDeployOptions {
  /** A name in `knative/overlays`, or a folder's path. */
  readonly overlay: string;
  /** Where the shop goes. */
  readonly namespace: string;
  /** Host, port and path that the images are named for. */
  readonly registry?: string;
  /** The images' tag. */
  readonly tag?: string;
  /** The path of a JSON file of image references by function. */
  readonly images?: string;
  /** kubectl's context. */
  readonly context?: string;
  /** Such as `300s`. */
  readonly timeout: string;
  /** False if the images are in the registry already. */
  readonly build?: boolean;
  /** Change Knative's own settings too. */
  readonly configurePlatform?: boolean;
  /** How many functions get a new revision at a time. */
  readonly batch?: string;
  /** Optional parts, with commas. */
  readonly without?: string;
  /** Deploy what the functions depend on, and no function. */
  readonly backing?: boolean;
  /** The base image of builds. */
  readonly nodeImage?: string;
  /** Accept registries without TLS. */
  readonly insecure?: boolean;
  /** The program that builds. */
  readonly builder?: BuilderName;
}

/** What images are built of, and where they are pushed. */
export interface BuildOptions {
  /** Host, port and path, without a slash at the end. */
  readonly registry: string;
  /** Undefined for the git commit's. */
  readonly tag: string | undefined;
  /** The base image. */
  readonly nodeImage: string;
  /** Accept registries without TLS. */
  readonly insecure: boolean;
  /** Undefined for the first one that works. */
  readonly builder: BuilderName | undefined;
}

/** The options of `deploy`, checked. */
export interface DeployOptions {
  /** The overlay's absolute path. */
  readonly overlayFolder: string;
  /** Where the shop goes. */
  readonly namespace: string;
  /** Image references by function; empty where the overlay's own are meant. */
  readonly images: Readonly<Record<string, string>>;
  /** Undefined if the images are in the registry already. */
  readonly build: BuildOptions | undefined;
  /** Whether Knative's own settings are changed too. */
  readonly configurePlatform: boolean;
  /** Whether only what the functions depend on is deployed. */
  readonly onlyBacking: boolean;
  /** How many functions get a new revision at a time. */
  readonly batchSize: number;
  /** Parts of the shop that are not deployed. */
  readonly without: readonly OptionalPart[];
  /** Whether registries without TLS are accepted. */
  readonly insecure: boolean;
  /** kubectl's context; undefined for the current one. */
  readonly context: string | undefined;
  /** Milliseconds to wait for readiness. */
  readonly timeoutMs: number;
}

/** How many functions get a new revision at a time by default. */
export const defaultBatchSize = 3;

/** The root of the project. */
export const repositoryFolder = join(import.meta.dirname, "..", "..");

/** The folder that holds a folder per overlay. */
export const overlaysFolder = join(import.meta.dirname, "..", "overlays");

/**
 * Checks the options of `deploy`.
 *
 * @throws ConfigError naming each option that is wrong, its value and the rule
 */
export function readDeployOptions(
  raw: RawDeployOptions,
  functions: readonly string[],
): DeployOptions {
  const problems: string[] = [];
  const overlayFolder = readOverlay(raw.overlay, problems);
  problems.push(...checkNamespace(raw.namespace));
  const timeoutMs = readTimeout(raw.timeout, problems);
  const batchSize = readBatchSize(raw.batch, problems);
  const without = raw.without === undefined ? [] : readParts(raw.without, problems);
  const build = readBuild(raw);
  const images = build ? {} : readImages(raw, functions, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const { namespace, context, configurePlatform = false, insecure = false } = raw;
  const { backing: onlyBacking = false } = raw;
  const flags = { configurePlatform, onlyBacking, insecure };
  const rest = { context, timeoutMs, batchSize, without };
  return { overlayFolder, namespace, images, build, ...flags, ...rest };
}

/** The folder of an overlay: a name is a folder of `knative/overlays`, a path has a slash. */
export function overlayFolderOf(overlay: string): string {
  return overlay.includes("/") ? resolve(overlay) : join(overlaysFolder, overlay);
}

function readOverlay(overlay: string, problems: string[]): string {
  const folder = overlayFolderOf(overlay);
  if (existsSync(join(folder, "kustomization.yaml"))) return folder;
  const known = readdirSync(overlaysFolder).sort().join(", ");
  const rule = overlay.includes("/")
    ? "it has no kustomization.yaml"
    : `expected one of ${known}, or the path of a folder, such as ./${overlay}`;
  problems.push(`--overlay is ${JSON.stringify(overlay)}: ${rule}`);
  return folder;
}

/** The problem with a namespace's name, if there is one: Kubernetes takes DNS labels. */
export function checkNamespace(namespace: string): string[] {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) return [];
  return [
    `--namespace is ${JSON.stringify(namespace)}: expected lower-case letters, digits and dashes, 63 at most`,
  ];
}

/** Reads a time as seconds or minutes, in milliseconds; what is wrong with it is added to `problems`. */
export function readTimeout(text: string, problems: string[]): number {
  const match = /^(\d{1,6})(s|m)?$/.exec(text);
  const timeoutMs = Number(match?.[1]) * (match?.[2] === "m" ? 60_000 : 1000);
  if (timeoutMs > 0) return timeoutMs;
  problems.push(`--timeout is ${JSON.stringify(text)}: expected seconds or minutes, such as 300s`);
  return 0;
}

function readBatchSize(text: string | undefined, problems: string[]): number {
  if (text === undefined) return defaultBatchSize;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  problems.push(`--batch is ${JSON.stringify(text)}: expected a number of functions from 1`);
  return defaultBatchSize;
}

function readBuild(raw: RawDeployOptions): BuildOptions | undefined {
  const { registry, tag, images, build = true, backing = false } = raw;
  if (registry === undefined || images !== undefined || !build || backing) return undefined;
  const { nodeImage = defaultNodeImage, insecure = false, builder } = raw;
  return { registry: registry.replace(/\/+$/, ""), tag, nodeImage, insecure, builder };
}
