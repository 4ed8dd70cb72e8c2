const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENERS: readonly number[] = [0x7b, 0x5b];
const CLOSERS: readonly number[] = [0x7d, 0x5d];

/**
 * Whether JSON nests deeper than `levels`, objects and arrays alike. Read as it came in, in UTF-8, so that nothing is built
 * of what will be refused, and no depth can exhaust a stack. What is not well-formed may be called either.
 */
export function isDeeperThan(levels: number, json: Uint8Array): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (OPENERS.includes(byte)) depth += 1;
    else if (CLOSERS.includes(byte)) depth -= 1;
    if (depth > levels) return true;
  }
  return false;
}
