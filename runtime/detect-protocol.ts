import type { Socket } from "node:net";

/** The first bytes of a client that uses HTTP/2 with prior knowledge (RFC 9113, 3.4). */
export const http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// No HTTP/1.1 request starts with it.
const preface = Buffer.from(http2Preface);

/** Whether a connection with these first bytes uses HTTP/2 with prior knowledge; undefined if they are too few. */
export function isHttp2(head: Buffer): boolean | undefined {
  const length = Math.min(head.length, preface.length);
  const matches = head.compare(preface, 0, length, 0, length) === 0;
  return matches && length < preface.length ? undefined : matches;
}

/**
 * Reads the first bytes of a connection: HTTP/2 with prior knowledge begins with a fixed preface,
 * everything else is treated as HTTP/1.1. The bytes are put back. The socket is destroyed if it ends or
 * `timeoutMs` pass before that; errors are left to the caller.
 */
export function detectProtocol(
  socket: Socket,
  timeoutMs: number,
  onDetected: (isHttp2: boolean) => void,
): void {
  let head: Buffer = Buffer.alloc(0);
  const destroy = () => socket.destroy();
  const stop = () => {
    clearTimeout(timer);
    socket.off("readable", read).off("end", destroy).off("close", stop);
  };
  const read = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return; // no bytes yet, or the end
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    const detected = isHttp2(head);
    // Undecided: wait for more, which a socket with a high water mark of 0 reads only on request.
    if (detected === undefined) return void socket.read(0);
    stop();
    socket.unshift(head);
    onDetected(detected);
  };
  // Total, not since the last byte: the preface cannot be sent byte by byte for minutes.
  const timer = setTimeout(destroy, timeoutMs);
  socket.on("readable", read).once("end", destroy).once("close", stop);
}
