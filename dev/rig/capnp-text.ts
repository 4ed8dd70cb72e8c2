/** A text literal of Cap'n Proto, which escapes as JSON does, but for \\u. */
export function capnpText(text: string): string {
  if (/[^\x20-\x7e]/.test(text)) throw new Error("A setting of workerd has to be printable ASCII.");
  return JSON.stringify(text);
}
