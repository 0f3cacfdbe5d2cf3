import { hash } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { log } from "#runtime/log.ts";
import { StatusError } from "#runtime/status.ts";
import { makeDirectory } from "#runtime/store/data-directory.ts";
import { type Mailer, safeNameOf } from "./mailer.ts";

/**
 * Writes mails to a folder instead of sending them: `ORDER_ID.html`, and `ORDER_ID.txt` with the headers.
 * Used if no mail server is configured.
 */
export function createOutboxMailer(directory: string, from: string): Mailer {
  return {
    deliver: async (mail) => {
      const path = join(directory, fileNameOf(mail.orderId));
      const headers = `From: ${from}\nTo: ${mail.to}\nSubject: ${mail.subject}\n\n`;
      try {
        makeDirectory(directory);
        await Promise.all([
          writeWhole(`${path}.txt`, headers + mail.text),
          writeWhole(`${path}.html`, mail.html),
        ]);
      } catch (cause) {
        const reason = cause instanceof Error && "code" in cause ? cause.code : cause;
        throw new StatusError("UNAVAILABLE", `cannot write to the outbox: ${reason}`, { cause });
      }
      log.info("wrote the order confirmation to the outbox", {
        order_id: mail.orderId,
        file: `${path}.html`,
      });
    },
  };
}

// File systems limit a name to 255 bytes, and an escaped id has up to 258.
function fileNameOf(orderId: string): string {
  const name = safeNameOf(orderId);
  return name.length <= 128 ? name : `${name.slice(0, 64)}-${hash("sha256", orderId)}`;
}

// Renamed at the end, so that a program that watches the folder reads only complete files.
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}
