import { isEmailAddress } from "#runtime/email-address.ts";
import { ConfigError, readEnvironment } from "#runtime/environment.ts";
import { readStoreConfig } from "#runtime/store/store-config.ts";
import { defaultLeaseMs } from "./idempotency-store.ts";

/** The sender of a mail. */
export interface Sender {
  /** The display name; may be empty. */
  name: string;
  /** An email address, without a name. */
  address: string;
}

/**
 * Reads SMTP_URL, MAIL_FROM, MAIL_LEASE and the location of the idempotency store.
 *
 * @throws ConfigError naming each variable that is invalid
 */
export function readConfig(env: NodeJS.ProcessEnv) {
  const { mailFrom, ...config } = readEnvironment(env, (read) => ({
    ...readStoreConfig(read),
    /**
     * The mail server, `smtp://user:password@host:port`. If undefined, the outbox is used. Credentials are
     * sent over TLS only, unless the scheme is `smtp+insecure:`.
     */
    smtpUrl: read.optionalUrl("SMTP_URL", ["smtp:", "smtps:", "smtp+insecure:"]),
    /**
     * Milliseconds for which a process that was killed keeps the mail that it was sending; an attempt to
     * send it may take half of it.
     */
    leaseMs: read.durationMs("MAIL_LEASE", `${defaultLeaseMs / 1000}s`, "1s"),
    mailFrom: read.string("MAIL_FROM", "Hipster Shop <orders@hipstershop.example>"),
  }));
  if (config.smtpUrl) requireDecodable(config.smtpUrl);
  return { ...config, from: parseSender(mailFrom) };
}

// The URL parser accepts it, but each mail would fail.
function requireDecodable({ username, password }: URL): void {
  try {
    for (const part of [username, password]) decodeURIComponent(part);
  } catch {
    const rule = "write % itself as %25";
    throw new ConfigError([`SMTP_URL has a malformed % in its user name or password: ${rule}`]);
  }
}

function parseSender(text: string): Sender {
  const [, name = "", address = text] = /^([^<>\p{Cc}]*)<([^<>]+)>$/u.exec(text) ?? [];
  if (!isEmailAddress(address)) {
    const rule = "expected an address, or a name and <an address>";
    throw new ConfigError([`MAIL_FROM is ${JSON.stringify(text)}: ${rule}`]);
  }
  return { name: name.trim(), address };
}
