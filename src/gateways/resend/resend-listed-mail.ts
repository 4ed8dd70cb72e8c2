import type { OutboundMessage } from "../../domain/outbound-message.ts";
import { isRecord } from "../json-text.ts";
import { readTags } from "./resend-tags.ts";

/** A mail as Resend lists it. `createdAt` in ms since the epoch; `lastEvent` is "" where there was none yet. */
export type ListedMail = { id: string; to: string[]; createdAt: number; lastEvent: string };

/** Null for anything that is no mail of the list, or of an answer to its id. */
export function readListedMail(value: unknown): ListedMail | null {
  if (!isRecord(value)) return null;
  const { id, to, created_at: created, last_event: lastEvent } = value;
  if (typeof id !== "string" || !Array.isArray(to) || typeof created !== "string") return null;
  const createdAt = readTime(created);
  if (createdAt === null) return null;
  return { id, to: to.map(String), createdAt, lastEvent: typeof lastEvent === "string" ? lastEvent : "" };
}

/**
 * Whether a mail with all that Resend shows of it is that message: `tagged` by the tags that we have sent along, or,
 * where Resend shows none, `alike` in subject and text. `unclear`: neither can be seen.
 */
export function whetherOurs(
  shown: Record<string, unknown>,
  message: OutboundMessage,
): "tagged" | "alike" | "not_ours" | "unclear" {
  const tags = Array.isArray(shown["tags"]) ? shown["tags"].filter(isRecord) : [];
  const owner = readTags((name) => tags.find((tag) => tag["name"] === name)?.["value"]);
  if (owner !== null) {
    return owner.attemptId === message.attemptId && owner.enterpriseId === message.enterpriseId ? "tagged" : "not_ours";
  }
  const { subject, text } = shown;
  if (subject !== message.subject) return "not_ours";
  if (typeof text !== "string") return "unclear";
  return withoutLineEnds(text) === withoutLineEnds(message.text) ? "alike" : "not_ours";
}

/** Mail ends lines by CR LF, and its last one too. */
function withoutLineEnds(text: string): string {
  return text.replaceAll("\r\n", "\n").trimEnd();
}

/** RFC 3339, or `2026-04-03 22:13:42.674981+00`, as the API writes it by turns. */
function readTime(text: string): number | null {
  const time = Date.parse(text.replace(" ", "T").replace(/([+-]\d{2})$/, "$1:00"));
  return Number.isNaN(time) ? null : time;
}
