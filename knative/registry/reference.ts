/** An image reference, taken apart. */
export interface ImageReference {
  /** Host and port of the registry's API, such as `registry-1.docker.io`. */
  readonly host: string;
  /** The path inside of the registry, such as `library/redis`. */
  readonly repository: string;
  /** The tag or the digest that names the manifest; `latest` if the reference has neither. */
  readonly version: string;
}

/**
 * Takes an image reference apart as Docker does: a first component without a dot, a colon or the name
 * `localhost` is not a host, and an image without a host is in Docker Hub.
 */
export function parseReference(reference: string): ImageReference {
  const [beforeDigest = "", digest] = reference.split("@");
  const tagged = /^(.*):([^:/]+)$/.exec(beforeDigest);
  const name = tagged?.[1] ?? beforeDigest;
  const version = digest ?? tagged?.[2] ?? "latest";
  const [first = "", ...rest] = name.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const host = isHost ? first : "docker.io";
  const path = isHost ? rest.join("/") : name;
  if (host !== "docker.io") return { host, repository: path, version };
  return {
    host: "registry-1.docker.io",
    repository: path.includes("/") ? path : `library/${path}`,
    version,
  };
}
