export type Mailbox = { email: string; name: string };

/** Reads `addr` or `Name <addr>`, the name quoted or not (RFC 5322, section 3.4); no name is "". */
export function parseMailbox(text: string): Mailbox {
  const [, name = "", email = ""] = /^(.*)<([^<>]*)>\s*$/s.exec(text) ?? ["", "", text];
  return { email: email.trim(), name: unquote(name.trim()) };
}

function unquote(name: string): string {
  const [, quoted] = /^"(.*)"$/s.exec(name) ?? [];
  return quoted === undefined ? name : quoted.replaceAll(/\\(.)/gs, "$1");
}
