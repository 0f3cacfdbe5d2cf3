/** Building or pushing an image failed; the message ends with the builder's last lines. */
export class ImageBuildError extends Error {
  override readonly name = "ImageBuildError";
}

/** The message of a failed build or push and how to fix it; of a push only the builder's last line. */
export function describeBuildFailure({ message }: ImageBuildError): string {
  const [what = "", ...lines] = message.split("\n");
  const again = "and run the command again";
  if (/^\S+: \S+ build of /.test(what)) {
    return `${message}\nFix the error above (--node-image names another base image, --insecure accepts registries without TLS), ${again}.`;
  }
  if (!/^\S+: \S+ push of /.test(what) || lines.length === 0) return message;
  return `${what}: ${lines.at(-1)?.trim()}. Check --registry, that you may push to it (log in), and --insecure for one without TLS, ${again}.`;
}
