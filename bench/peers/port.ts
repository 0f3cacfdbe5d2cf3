/** Where a peer is to listen: as a container is told, or on a free port that its message then names. */
export const port = Number(process.env.PORT ?? 0);
