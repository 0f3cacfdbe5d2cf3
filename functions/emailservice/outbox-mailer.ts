import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { log } from "#runtime/log.ts";
import { StatusError } from "#runtime/status.ts";
import { makeDirectory } from "#runtime/store/data-directory.ts";
import { type Mailer, safeNameOf } from "./mailer.ts";

/**
 * Writes mails into a folder in place of sending them: `<order id>.html` to look at, and
 * `<order id>.txt` with the headers. What a shop without a mail server does.
 */
export function createOutboxMailer(directory: string, from: string): Mailer {
  return {
    deliver: async (mail) => {
      const path = join(directory, safeNameOf(mail.orderId));
      const headers = `From: ${from}\nTo: ${mail.to}\nSubject: ${mail.subject}\n\n`;
      try {
        makeDirectory(directory);
        await writeWhole(`${path}.txt`, headers + mail.text);
        await writeWhole(`${path}.html`, mail.html);
      } catch (cause) {
        const reason = cause instanceof Error && "code" in cause ? cause.code : cause;
        throw new StatusError("UNAVAILABLE", `cannot write to the outbox: ${reason}`, { cause });
      }
      log.info("wrote the order confirmation into the outbox", {
        order_id: mail.orderId,
        file: `${path}.html`,
      });
    },
  };
}

// Whoever watches the folder sees a file only once it is complete.
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}
