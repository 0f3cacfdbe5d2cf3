import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** A user's name and secret at a registry. Messages never contain them. */
export interface Credentials {
  /** The user's name, or `identityToken`. */
  readonly username: string;
  /** The password or the token. */
  readonly secret: string;
}

/** The user's name whose secret is an identity token, as docker's credential helpers write it. */
export const identityToken = "<token>";

// The fields of `config.json` and `auth.json` that have logins.
interface AuthFile {
  readonly auths?: Readonly<Record<string, { auth?: string; identitytoken?: string }>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/**
 * Finds the credentials that `docker login`, `podman login` or `buildah login` stored for a registry: in
 * their files, or in the credential helper that a file names. Undefined if there are none.
 *
 * @param env the variables that name the files' folders
 */
export async function findCredentials(
  host: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  // Docker's client stores the login of Docker Hub under its old address.
  const names =
    host === "registry-1.docker.io" ? ["https://index.docker.io/v1/", "docker.io"] : [host];
  for (const path of authFiles(env)) {
    const file = await readAuthFile(path);
    for (const name of names) {
      const found = await findIn(file, name, env);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function authFiles(env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME ?? homedir();
  const runtime = env.XDG_RUNTIME_DIR;
  return [
    ...(env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : []),
    ...(runtime ? [join(runtime, "containers", "auth.json")] : []),
    join(home, ".config", "containers", "auth.json"),
    join(env.DOCKER_CONFIG ?? join(home, ".docker"), "config.json"),
  ];
}

// A file that is missing or not JSON has no login; the registry then reports that it requires one.
async function readAuthFile(path: string): Promise<AuthFile> {
  try {
    return (JSON.parse(await readFile(path, "utf8")) as AuthFile | null) ?? {};
  } catch {
    return {};
  }
}

async function findIn(
  { auths, credHelpers, credsStore }: AuthFile,
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const helper = credHelpers?.[name] ?? credsStore;
  const stored = helper === undefined ? undefined : await askHelper(helper, name, env);
  if (stored !== undefined) return stored;
  const { auth, identitytoken } = auths?.[name] ?? {};
  if (identitytoken) return { username: identityToken, secret: identitytoken };
  const [username = "", ...secret] = Buffer.from(auth ?? "", "base64")
    .toString()
    .split(":");
  return secret.length === 0 ? undefined : { username, secret: secret.join(":") };
}

// The protocol of docker-credential-helpers: the registry on standard input, JSON on standard output.
async function askHelper(
  helper: string,
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const child = spawn(`docker-credential-${helper}`, ["get"], { env, timeout: 10_000 });
  const ended = new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false)).once("close", (code) => resolve(code === 0));
  });
  child.stderr.resume();
  child.stdin.on("error", () => undefined).end(name);
  const [isFound, output] = await Promise.all([ended, text(child.stdout)]);
  if (!isFound) return undefined;
  try {
    const { Username, Secret } = JSON.parse(output) as { Username: string; Secret: string };
    return { username: Username, secret: Secret };
  } catch {
    // The parser's message would contain the secret.
    return undefined;
  }
}
