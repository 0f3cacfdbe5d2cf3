import { authorize } from "./authorize.ts";
import { findCredentials } from "./credentials.ts";
import { type ImageReference, parseReference } from "./reference.ts";
import { type RegistryAnswer, type RegistryRequest, send } from "./send.ts";

/** Whether an image is in its registry. */
export type Lookup =
  | {
      readonly state: "found";
      /** The manifest's digest, `sha256:...`. */
      readonly digest: string;
    }
  | { readonly state: "missing" }
  | {
      readonly state: "unknown";
      /** Why it could not be found out. */
      readonly reason: string;
    };

/** What is asked of registries, by the distribution specification's HTTP API. */
export interface Registry {
  /** Looks whether an image is there. Never rejects. */
  find(reference: string): Promise<Lookup>;
  /** Names an image that is there by another tag too. Resolves to the reason if it could not. */
  tag(reference: string, tag: string): Promise<string | undefined>;
  /** Whether the host of an image speaks HTTP without TLS; undefined if it does not answer. */
  isPlain(reference: string): Promise<boolean | undefined>;
}

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** How registries are spoken to. */
export interface RegistryOptions {
  /** Takes any certificate, and sends credentials without TLS too. */
  readonly insecure: boolean;
  /** The environment that says where logins are kept; this process's if not given. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * A client for registries, with the logins of docker, podman and buildah. A registry without TLS is
 * asked as well, but gets credentials only if that is `insecure`.
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
      const headers = { accept: manifestTypes };
      const answer = await request(reference, "pull", { method: "HEAD", headers });
      const digest = answer.headers["docker-content-digest"];
      if (answer.status === 200 && typeof digest === "string") return { state: "found", digest };
      if (answer.status === 404) return { state: "missing" };
      return { state: "unknown", reason: describeRefusal(reference.host, answer.status) };
    } catch (error) {
      return { state: "unknown", reason: describeError(reference.host, error) };
    }
  }

  async function tag(text: string, newTag: string): Promise<string | undefined> {
    const reference = parseReference(text);
    try {
      const headers = { accept: manifestTypes };
      const found = await request(reference, "pull", { headers });
      if (found.status !== 200) return describeRefusal(reference.host, found.status);
      const target = { ...reference, version: newTag };
      const put = await request(target, "pull,push", {
        method: "PUT",
        headers: { "content-type": String(found.headers["content-type"]) },
        body: found.body,
      });
      return put.status === 201 ? undefined : describeRefusal(reference.host, put.status);
    } catch (error) {
      return describeError(reference.host, error);
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

// With TLS if it has that. What answers without TLS has to say that it is a registry.
async function findOrigin(host: string, insecure: boolean): Promise<string> {
  try {
    await send(`https://${host}/v2/`, { insecure });
    return `https://${host}`;
  } catch (error) {
    // Without TLS an untrusted certificate or an unknown host name would fail, too.
    if (/CERT|SELF_SIGNED|UNABLE_TO|ENOTFOUND|EAI_AGAIN/.test(codeOf(error))) throw error;
    const { status } = await send(`http://${host}/v2/`, { insecure }).catch(() => ({ status: 0 }));
    if (status !== 200 && status !== 401) throw error;
    return `http://${host}`;
  }
}

function describeRefusal(host: string, status: number): string {
  if (status !== 401 && status !== 403) return `${host} answered with HTTP status ${status}`;
  return `${host} refuses access (HTTP status ${status}); log in to it if the image is private`;
}

function describeError(host: string, error: unknown): string {
  const code = codeOf(error);
  const hint = /CERT|SELF_SIGNED|UNABLE_TO/.test(code)
    ? "; NODE_EXTRA_CA_CERTS names its authority, --insecure takes it as it is"
    : "";
  return `${host} cannot be reached from here (${code})${hint}`;
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string };
  return name === "TimeoutError" || name === "AbortError" ? "timeout" : (code ?? String(error));
}
