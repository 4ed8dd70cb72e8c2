import { decodeBase64Url, encodeBase64Url } from "../../domain/base64url.ts";

/** Whose message a mail is. */
export type MailOwner = { enterpriseId: string; attemptId: string };

/** Tags hold ASCII letters, digits, `_` and `-`, and this many of them (https://resend.com/docs/dashboard/emails/tags). */
const MOST_CHARACTERS = 256;

const ATTEMPT = "attempt_id";

/** An enterprise's id may be any text, so it is written in base64url; the longest ones need two tags. */
const ENTERPRISE = ["enterprise_id", "enterprise_id_2"] as const;

/** The tags that a mail is sent with; they come back in every event. Ids only: Resend keeps them. */
export function toTags({ enterpriseId, attemptId }: MailOwner): { name: string; value: string }[] {
  const encoded = encodeBase64Url(new TextEncoder().encode(enterpriseId));
  const parts = ENTERPRISE.map((name, index) => ({
    name,
    value: encoded.slice(index * MOST_CHARACTERS, (index + 1) * MOST_CHARACTERS),
  }));
  return [{ name: ATTEMPT, value: attemptId }, ...parts.filter(({ value }) => value !== "")];
}

/** Reads the tags by their names; null when they are not of a mail of ours. */
export function readTags(tag: (name: string) => unknown): MailOwner | null {
  const attemptId = tag(ATTEMPT);
  const parts = ENTERPRISE.map(tag);
  const encoded = parts.filter((part) => typeof part === "string").join("");
  const bytes = decodeBase64Url(encoded);
  if (typeof attemptId !== "string" || attemptId === "" || bytes === null || bytes.length === 0) return null;
  return { attemptId, enterpriseId: new TextDecoder().decode(bytes) };
}
