/** Building or pushing a function's image failed; the message ends with the builder's last lines. */
export class ImageBuildError extends Error {
  override readonly name = "ImageBuildError";
}

/** A failed build or push in words, with what to do. Of a push only the builder's last line matters. */
export function describeBuildFailure({ message }: ImageBuildError): string {
  const [what = "", ...said] = message.split("\n");
  const again = "and run the command again";
  if (/^\S+: \S+ build of /.test(what)) {
    return `${message}\nFix what the builder reports (--node-image names another base image, --insecure takes registries without TLS), ${again}.`;
  }
  if (!/^\S+: \S+ push of /.test(what)) return message;
  const why = (said.at(-1) ?? "").trim();
  return `${what}: ${why}. Check --registry, that you may push to it (log in), and --insecure for one without TLS, ${again}.`;
}
