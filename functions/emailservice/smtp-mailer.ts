import { SpanKind } from "@opentelemetry/api";
import { log } from "#runtime/log.ts";
import { StatusError } from "#runtime/status.ts";
import { withSpan } from "#runtime/tracing.ts";
import type { Sender } from "./config.ts";
import { type Mail, type Mailer, safeNameOf } from "./mailer.ts";

/**
 * Sends mails through the server of an `smtp:`, `smtps:` or `smtp+insecure:` URL, one connection per mail.
 * Uses STARTTLS if the server supports it. With credentials and `smtp:` it requires STARTTLS, so that
 * someone on the way cannot read them by answering that it is not supported. With `smtp+insecure:` every
 * certificate is accepted.
 *
 * @param timeoutMs limits one attempt: it must end before another attempt can send the same mail
 */
export function createSmtpMailer(url: URL, from: Sender, timeoutMs: number): Mailer {
  const port = Number(url.port) || (url.protocol === "smtps:" ? 465 : 587);
  const server = { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port };
  const attributes = {
    "server.address": server.host,
    "server.port": port,
    "network.protocol.name": "smtp",
  };
  return {
    deliver: async (mail) => {
      await withSpan("SMTP send", { kind: SpanKind.CLIENT, attributes }, async () => {
        try {
          await send(url, { ...server, timeoutMs }, from, mail);
        } catch (error) {
          throw explainFailure(error);
        }
      });
      log.info("sent the order confirmation", { order_id: mail.orderId });
    },
  };
}

// Milliseconds. A server may check a mail for long before it accepts it. An attempt that gives up before
// that causes a second mail, so only the whole attempt limits this wait.
const timeouts = { dnsTimeout: 5000, connectionTimeout: 5000, greetingTimeout: 5000 };

/** Loads the mail client: at the first mail or warm-up, not during a cold start. */
export function loadNodemailer(): Promise<typeof import("nodemailer")> {
  return import("nodemailer");
}

async function send(
  url: URL,
  { host, port, timeoutMs }: { host: string; port: number; timeoutMs: number },
  from: Sender,
  mail: Mail,
): Promise<void> {
  const { createTransport } = await loadNodemailer();
  const user = decodeURIComponent(url.username);
  const transport = createTransport({
    host,
    port,
    secure: url.protocol === "smtps:",
    tls: { rejectUnauthorized: url.protocol !== "smtp+insecure:" },
    ...(user !== "" && {
      auth: { user, pass: decodeURIComponent(url.password) },
      requireTLS: url.protocol === "smtp:",
    }),
    ...timeouts,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    timeout.reject(new Error(`no answer within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    await Promise.race([transport.sendMail(describeMail(from, mail)), timeout.promise]);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

function describeMail(from: Sender, mail: Mail) {
  const domain = from.address.slice(from.address.lastIndexOf("@") + 1);
  return {
    from,
    // As an object, the address is not parsed as a list of addresses.
    to: { name: "", address: mail.to },
    subject: mail.subject,
    messageId: `<${safeNameOf(mail.orderId)}@${domain}>`,
    headers: { "Auto-Submitted": "auto-generated" },
    html: mail.html,
    text: mail.text,
  };
}

const noTls =
  "the mail could not be sent, because the mail server has no valid TLS: SMTP_URL with smtp+insecure: sends the password without it";

function explainFailure(error: unknown): StatusError {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  if (code === "ETLS") return new StatusError("UNAVAILABLE", noTls, { cause: error });
  const answer = responseCode === undefined ? "" : ` (${responseCode})`;
  // Servers repeat the recipient in their replies, and causes are logged: only that of a connection is kept.
  const isAboutMail = responseCode !== undefined || code === "EENVELOPE" || code === "EMESSAGE";
  const options = isAboutMail ? {} : { cause: error };
  // A 5xx reply to the envelope or the message is permanent (RFC 5321, 4.2.1). One to the login is not:
  // it is caused by the configuration, which can be corrected.
  const isFinal = (responseCode ?? 0) >= 500 && (code === "EENVELOPE" || code === "EMESSAGE");
  return isFinal
    ? new StatusError("FAILED_PRECONDITION", `the mail server refused the mail${answer}`, options)
    : new StatusError("UNAVAILABLE", `the mail could not be sent${answer}`, options);
}
