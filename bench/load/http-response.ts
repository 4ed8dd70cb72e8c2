export type ResponseHead = { status: number; /** Where the body begins. */ bodyAt: number; end: number };

/**
 * The first response in `bytes` if all of it is there, else null. Reads what workerd and Node send: a length, or
 * chunks. Nothing else is in flight behind it, so the last chunk ends the buffer.
 */
export function readResponse(bytes: Buffer): ResponseHead | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const head = bytes.toString("latin1", 0, headEnd);
  const status = Number(head.slice(9, 12));
  const bodyAt = headEnd + 4;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = bodyAt + Number(length);
    return bytes.length < end ? null : { status, bodyAt, end };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, bodyAt, end: bodyAt };
  const isWhole = bytes.toString("latin1", Math.max(0, bytes.length - 5)) === "0\r\n\r\n";
  return isWhole ? { status, bodyAt, end: bytes.length } : null;
}
