import { authorize } from "./authorize.ts";
import { findCredentials } from "./credentials.ts";
import { type ImageReference, parseReference } from "./reference.ts";
import { type RegistryAnswer, type RegistryRequest, send } from "./send.ts";

/** The result of looking an image up in its registry. */
export type Lookup =
  | {
      /** The registry has the image. */
      readonly state: "found";
      /** The manifest's digest, `sha256:...`. */
      readonly digest: string;
    }
  | {
      /** The registry does not have the image. */
      readonly state: "missing";
    }
  | {
      /** The registry cannot be reached, or refused the request. */
      readonly state: "unknown";
      /** Why the lookup failed. */
      readonly reason: string;
    };

/** A client of image registries, by the distribution specification's HTTP API. */
export interface Registry {
  /** Looks an image up. Never rejects. */
  find(reference: string): Promise<Lookup>;
  /** Adds a tag to an existing image. Resolves to the reason if it failed. Never rejects. */
  tag(reference: string, tag: string): Promise<string | undefined>;
  /** Whether the host of an image uses HTTP without TLS; undefined if it does not respond. */
  isPlain(reference: string): Promise<boolean | undefined>;
}

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const accept = { headers: { accept: manifestTypes } };

/** The options of a registry client. */
export interface RegistryOptions {
  /** Whether any certificate is accepted and credentials are sent without TLS. */
  readonly insecure: boolean;
  /** The environment that names the files with logins; this process's if missing. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * A client with the logins of docker, podman and buildah. It also reads registries without TLS, but sends
 * them credentials only if `insecure` is set.
 */
export function createRegistry({ insecure, env = process.env }: RegistryOptions): Registry {
  const origins = new Map<string, Promise<string>>();
  const originOf = (host: string) => {
    const known = origins.get(host) ?? findOrigin(host, insecure);
    origins.set(host, known);
    return known;
  };

  async function request(
    { host, repository, version }: ImageReference,
    actions: string,
    options: Omit<RegistryRequest, "insecure">,
  ): Promise<RegistryAnswer> {
    const origin = await originOf(host);
    const url = `${origin}/v2/${repository}/manifests/${version}`;
    const answer = await send(url, { ...options, insecure });
    const challenge = answer.headers["www-authenticate"];
    if (answer.status !== 401 || typeof challenge !== "string") return answer;
    const mayLogIn = origin.startsWith("https:") || insecure;
    const credentials = mayLogIn ? await findCredentials(host, env) : undefined;
    const scope = `repository:${repository}:${actions}`;
    const authorization = await authorize(challenge, { scope, credentials, insecure });
    if (authorization === undefined) return answer;
    return send(url, { ...options, insecure, headers: { ...options.headers, authorization } });
  }

  async function find(text: string): Promise<Lookup> {
    const reference = parseReference(text);
    try {
      const { status, headers } = await request(reference, "pull", { method: "HEAD", ...accept });
      const digest = headers["docker-content-digest"];
      if (status === 200 && typeof digest === "string") return { state: "found", digest };
      if (status === 404) return { state: "missing" };
      return { state: "unknown", reason: describeRefusal(reference.host, status) };
    } catch (error) {
      return { state: "unknown", reason: describeError(reference.host, error) };
    }
  }

  async function tag(text: string, version: string): Promise<string | undefined> {
    const reference = parseReference(text);
    const { host } = reference;
    try {
      const { status, headers, body } = await request(reference, "pull", accept);
      if (status !== 200) return describeRefusal(host, status);
      const type = { "content-type": String(headers["content-type"]) };
      const manifest = { method: "PUT", headers: type, body } as const;
      const put = await request({ ...reference, version }, "pull,push", manifest);
      return put.status === 201 ? undefined : describeRefusal(host, put.status);
    } catch (error) {
      return describeError(host, error);
    }
  }

  async function isPlain(text: string): Promise<boolean | undefined> {
    const { host } = parseReference(text);
    return originOf(host).then(
      (origin) => origin.startsWith("http:"),
      () => undefined,
    );
  }

  return { find, tag, isPlain };
}

// With TLS if possible. A host without TLS has to respond as a registry.
async function findOrigin(host: string, insecure: boolean): Promise<string> {
  try {
    await send(`https://${host}/v2/`, { insecure });
    return `https://${host}`;
  } catch (error) {
    // An untrusted certificate or an unknown host is not an error of TLS alone.
    if (/CERT|SELF_SIGNED|UNABLE_TO|ENOTFOUND|EAI_AGAIN/.test(codeOf(error))) throw error;
    const { status } = await send(`http://${host}/v2/`, { insecure }).catch(() => ({ status: 0 }));
    if (status !== 200 && status !== 401) throw error;
    return `http://${host}`;
  }
}

function describeRefusal(host: string, status: number): string {
  if (status !== 401 && status !== 403) return `${host} responded with HTTP status ${status}`;
  return `${host} refuses access (HTTP status ${status}); log in to it if the image is private`;
}

function describeError(host: string, error: unknown): string {
  const code = codeOf(error);
  const hint = /CERT|SELF_SIGNED|UNABLE_TO/.test(code)
    ? "; set NODE_EXTRA_CA_CERTS to its certificate authority, or give --insecure"
    : "";
  return `${host} cannot be reached from here (${code})${hint}`;
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string };
  return name === "TimeoutError" || name === "AbortError" ? "timeout" : (code ?? String(error));
}
