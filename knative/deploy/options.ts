import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError } from "#runtime/environment.ts";
import type { BuildOptions } from "../images/build-options.ts";
import { type OptionalPart, readParts } from "../manifests/optional-parts.ts";
import { readImages } from "./image-options.ts";

/** The options of `deploy` as commander parses them. */
export interface RawDeployOptions extends BuildOptions {
  /** A name in `knative/overlays`, or a folder's path. */
  readonly overlay: string;
  /** The namespace to deploy to. */
  readonly namespace: string;
  /** Host, port and path, the first part of the images' names. */
  readonly registry?: string;
  /** The path of a JSON file of image references by function. */
  readonly images?: string;
  /** kubectl's context; the current one if missing. */
  readonly context?: string;
  /** The timeout of the wait, such as `300s`. */
  readonly timeout: string;
  /** False if the images are in the registry already. */
  readonly build?: boolean;
  /** Whether Knative's own settings are changed. */
  readonly configurePlatform?: boolean;
  /** The number of functions that get a new revision at the same time. */
  readonly batch?: string;
  /** Optional parts to leave out, separated by commas. */
  readonly without?: string;
  /** Whether only the functions' dependencies are deployed. */
  readonly backing?: boolean;
}

/** The validated options of `deploy`. */
export interface DeployOptions
  extends Pick<RawDeployOptions, "namespace" | "context">,
    Required<Pick<RawDeployOptions, "configurePlatform" | "backing">> {
  /** The overlay's absolute path. */
  readonly overlayFolder: string;
  /** Image references by function; empty to keep the overlay's. */
  readonly images: Readonly<Record<string, string>>;
  /** How images are built, and the registry to push to; undefined if they exist already. */
  readonly build: (BuildOptions & { readonly registry: string }) | undefined;
  /** Whether registries without TLS are accepted. */
  readonly insecure: boolean;
  /** The number of functions that get a new revision at the same time. */
  readonly batchSize: number;
  /** Parts of the shop that are not deployed. */
  readonly without: readonly OptionalPart[];
  /** Milliseconds to wait for readiness. */
  readonly timeoutMs: number;
}

/** The default of `--batch`. */
export const defaultBatchSize = 3;

/** The root of the project. */
export const repositoryFolder = join(import.meta.dirname, "..", "..");

/** The folder that contains a folder for each overlay. */
export const overlaysFolder = join(import.meta.dirname, "..", "overlays");

/**
 * Validates the options of `deploy`.
 *
 * @throws ConfigError with a line for each wrong option: its value and the rule
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
  const { namespace, context, configurePlatform = false, backing = false } = raw;
  const { registry, tag, nodeImage, builder, insecure = false } = raw;
  const builds = registry && raw.images === undefined && raw.build !== false && !backing;
  const prefix = registry?.replace(/\/+$/, "") ?? "";
  const build = builds ? { registry: prefix, tag, nodeImage, insecure, builder } : undefined;
  const images = build ? {} : readImages(raw, functions, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const target = { overlayFolder, namespace, ...(context !== undefined && { context }) };
  const flags = { configurePlatform, backing, insecure };
  return { ...target, images, build, ...flags, timeoutMs, batchSize, without };
}

/** The folder of an overlay: a name in `knative/overlays`, or a path, which contains a slash. */
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

/** A line if the namespace is not a DNS label, as Kubernetes requires; none otherwise. */
export function checkNamespace(namespace: string): string[] {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) return [];
  return [
    `--namespace is ${JSON.stringify(namespace)}: expected at most 63 lower-case letters, digits and dashes`,
  ];
}

/** Parses seconds or minutes, such as `300s`. Returns milliseconds; adds an error to `problems`. */
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
  problems.push(`--batch is ${JSON.stringify(text)}: expected a number of functions, at least 1`);
  return defaultBatchSize;
}
