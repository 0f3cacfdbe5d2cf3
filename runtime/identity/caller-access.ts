import { log } from "../log.ts";
import type { Access, AccessRule, CallOrigin } from "../rpc.ts";
import { StatusError } from "../status.ts";
import type { CallerConfig } from "./identity-config.ts";
import type { TokenVerifier } from "./token-verifier.ts";

/**
 * Admits only callers with a token of an identity that the configuration names. The code that verifies
 * tokens and the keys are loaded by `load`, or by the first call.
 */
export class CallerAccess implements Access {
  readonly #config: CallerConfig;
  #verifier: Promise<TokenVerifier> | undefined;

  constructor(config: CallerConfig) {
    this.#config = config;
  }

  /** Loads everything, so that the first call waits less. Called after the function's port is open. */
  load(): void {
    this.#loadVerifier()
      .then((verifier) => verifier.prepare())
      .catch((error: unknown) => log.warn("the keys of callers' tokens are missing", { error }));
  }

  /**
   * Admits ALLOWED_CALLERS.
   *
   * @throws StatusError UNAUTHENTICATED, PERMISSION_DENIED, or UNAVAILABLE while the keys cannot be fetched
   */
  readonly calls: AccessRule = async (origin) => {
    await this.#admit(origin, this.#config.callers, "ALLOWED_CALLERS");
  };

  /** Admits ALLOWED_SENDERS, for requests over HTTP. Throws as `calls` does. */
  readonly requests: AccessRule = async (origin) => {
    const { senders } = this.#config;
    if (senders !== "anyone") await this.#admit(origin, senders, "ALLOWED_SENDERS");
  };

  async #admit(
    { method, authorization }: CallOrigin,
    allowed: ReadonlySet<string>,
    variable: string,
  ): Promise<void> {
    const { audience } = this.#config;
    const token = /^Bearer +([^\s]+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) {
      const rule = `send a bearer token with the audience ${audience} in the header authorization`;
      throw new StatusError("UNAUTHENTICATED", `${method} requires an identity: ${rule}`);
    }
    const subject = await (await this.#loadVerifier()).verify(token);
    if (allowed.has(subject)) return;
    const reason = `${method} is not open to ${subject}: ${variable} has the identities that may call`;
    throw new StatusError("PERMISSION_DENIED", reason);
  }

  #loadVerifier(): Promise<TokenVerifier> {
    // Not imported at the top, where it would delay a cold start.
    this.#verifier ??= import("./token-verifier.ts").then(({ createTokenVerifier }) =>
      createTokenVerifier(this.#config),
    );
    return this.#verifier;
  }
}
