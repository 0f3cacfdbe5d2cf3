/** The port to listen on: from `PORT`, as in a container, or a free one, which the message names. */
export const port = Number(process.env.PORT ?? 0);
