/** The parts of an image reference. */
export interface ImageReference {
  /** The reference without tag and digest, as it is written. */
  readonly name: string;
  /** Host and port of the registry's API, such as `registry-1.docker.io`. */
  readonly host: string;
  /** The path in the registry, such as `library/redis`. */
  readonly repository: string;
  /** The tag or the digest; `latest` if the reference has neither. */
  readonly version: string;
}

/**
 * Parses an image reference as Docker does: the first component is a host if it has a dot or a colon or
 * is `localhost`. An image without a host is in Docker Hub.
 */
export function parseReference(reference: string): ImageReference {
  const [beforeDigest = "", digest] = reference.split("@");
  const tagged = /^(.*):([^:/]+)$/.exec(beforeDigest);
  const name = tagged?.[1] ?? beforeDigest;
  const version = digest ?? tagged?.[2] ?? "latest";
  const [first = "", ...rest] = name.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const path = isHost ? rest.join("/") : name;
  if (isHost && first !== "docker.io") return { name, host: first, repository: path, version };
  const repository = path.includes("/") ? path : `library/${path}`;
  return { name, host: "registry-1.docker.io", repository, version };
}

// The grammar of the OCI distribution specification, "Pulling manifests", without its length limits.
const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const prefix = `[a-z0-9][a-z0-9.-]*(?::\\d{1,5})?(?:/${component})*`;
const tag = "\\w[\\w.-]{0,127}";

/** Whether a text is a host with an optional port and path, to which `/FUNCTION` can be appended. */
export function isPrefix(text: string): boolean {
  return new RegExp(`^${prefix}$`).test(text);
}

/** Whether a text is an image's tag. */
export function isTag(text: string): boolean {
  return new RegExp(`^${tag}$`).test(text);
}

/** Whether a text is an image reference with a lower-case host. */
export function isReference(text: string): boolean {
  return new RegExp(`^${prefix}(?::${tag})?(?:@sha256:[0-9a-f]{64})?$`).test(text);
}
