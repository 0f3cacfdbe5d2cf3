/** Images cannot be built as asked, which the user can mend; the message is one line. */
export class ImageOptionError extends Error {
  override readonly name = "ImageOptionError";
  /** Tells the command line that this is no failure of the program. */
  readonly userError = true;
}

/** Building or pushing a function's image failed; the message ends with the builder's last lines. */
export class ImageBuildError extends Error {
  override readonly name = "ImageBuildError";
}
