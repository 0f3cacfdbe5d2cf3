import { JOSEError, JWTClaimValidationFailed, JWTExpired } from "jose/errors";
import { jwtVerify } from "jose/jwt/verify";
import { StatusError } from "../status.ts";
import type { CallerConfig } from "./identity-config.ts";
import { KeySource } from "./key-source.ts";

/** Verifies the tokens of callers. */
export interface TokenVerifier {
  /** Fetches the keys if there are none. Rejects with StatusError UNAVAILABLE. */
  prepare(): Promise<void>;
  /**
   * Returns the `sub` claim of a valid token.
   *
   * @throws StatusError UNAUTHENTICATED for an invalid token, UNAVAILABLE if the keys cannot be fetched;
   *   the messages do not have the token
   */
  verify(token: string): Promise<string>;
}

// Asymmetric algorithms only: what issuers of Kubernetes sign service accounts' tokens with.
const algorithms = ["RS256", "ES256", "ES384", "ES512"];

// As Kubernetes' own authenticator accepts: the clocks of nodes differ.
const clockToleranceMs = 60_000;

// A caller sends the same token for many minutes, and verifying it costs more than a small call. Until a
// token is verified again, its key may be revoked.
const keptMs = 60_000;
const maxKept = 1000;

interface VerifiedToken {
  readonly subject: string;
  readonly untilMs: number;
}

/** Creates a verifier; `now` returns epoch milliseconds. */
export function createTokenVerifier(
  config: Pick<CallerConfig, "audience" | "keysUrl" | "keysAccess" | "issuers">,
  now: () => number = Date.now,
): TokenVerifier {
  const keys = new KeySource(config, now);
  const verified = new Map<string, VerifiedToken>();
  const verifyNew = async (token: string): Promise<VerifiedToken> => {
    const nowMs = now();
    const { payload } = await jwtVerify(token, keys.find, {
      algorithms,
      audience: config.audience,
      requiredClaims: ["sub", "exp", "iss"],
      clockTolerance: clockToleranceMs / 1000,
      currentDate: new Date(nowMs),
    });
    // After the signature, because finding the key may have read the issuer.
    if (!keys.issuers.includes(payload.iss ?? "")) {
      throw new JWTClaimValidationFailed("", payload, "iss", "check_failed");
    }
    const expiresMs = (payload.exp ?? 0) * 1000 + clockToleranceMs;
    return { subject: payload.sub ?? "", untilMs: Math.min(expiresMs, nowMs + keptMs) };
  };
  return {
    prepare: () => keys.prepare(),
    verify: async (token) => {
      const known = verified.get(token);
      if (known && now() < known.untilMs) return known.subject;
      verified.delete(token);
      try {
        const result = await verifyNew(token);
        const [oldest] = verified.size >= maxKept ? verified.keys() : [];
        if (oldest !== undefined) verified.delete(oldest);
        verified.set(token, result);
        return result.subject;
      } catch (error) {
        if (error instanceof StatusError) throw error;
        throw new StatusError("UNAUTHENTICATED", explain(error, config.audience, keys.issuers));
      }
    },
  };
}

function explain(error: unknown, audience: string, issuers: readonly string[]): string {
  const reason = () => {
    if (error instanceof JWTExpired) return "it has expired";
    if (error instanceof JWTClaimValidationFailed) {
      if (error.claim === "aud") return `it is not for the audience ${audience}`;
      if (error.claim === "iss") return `it is not of the issuer ${issuers.join(" or ")}`;
      return `its claim ${error.claim} is missing or invalid`;
    }
    // The code alone: messages may quote parts of the token.
    return error instanceof JOSEError ? (reasons[error.code] ?? error.code) : "it is malformed";
  };
  return `the caller's token is invalid: ${reason()}`;
}

const reasons: Readonly<Record<string, string>> = {
  ERR_JWKS_NO_MATCHING_KEY: "its key is unknown",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "its signature does not match",
  ERR_JOSE_ALG_NOT_ALLOWED: `its algorithm is not one of ${algorithms.join(", ")}`,
  ERR_JWS_INVALID: "it is malformed",
  ERR_JWT_INVALID: "it is malformed",
};
