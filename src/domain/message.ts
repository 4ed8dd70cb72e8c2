import { escapeHtml, htmlOf } from "./html.ts";
import type { OutboundMessage } from "./outbound-message.ts";
import type { PinnedTemplate, TemplateContent } from "./template.ts";
import { fillText, missingNames, type UpdateView } from "./template-text.ts";

export type MessageContent = Pick<OutboundMessage, "subject" | "text" | "html" | "contentSid" | "variables">;

type SaidUpdate = { shipmentId: string; status: string; timestampText: string };

/** An update with the template that it was accepted with; null: with none. */
export type TemplatedUpdate = SaidUpdate & { enterpriseId: string; pinned: PinnedTemplate | null };

/** What is sent, or why it cannot be written. */
export type Rendering = { ok: true; content: MessageContent } | { ok: false; because: string };

/** What is sent about one update: its template filled, or the original's sentence. The same whenever it is asked. */
export function renderMessage(update: TemplatedUpdate): Rendering {
  const { pinned } = update;
  if (pinned === null) return { ok: true, content: originalMessage(update) };
  const { template, data } = pinned;
  if (template === null) return { ok: false, because: "The template is gone." };
  const missing = missingNames(template.needs, data);
  if (missing.length > 0) return { ok: false, because: `The update does not have ${missing.join(", ")}.` };
  return fillTemplate(template, update, data);
}

/** The original's sentence about one update, for every channel. */
export function originalMessage({ shipmentId, status, timestampText }: SaidUpdate): MessageContent {
  const text = `Shipment ID ${shipmentId} is ${status}. Updated on ${timestampText}`;
  return {
    subject: "Order Status Update",
    text,
    html: htmlOf(text),
    contentSid: null,
    variables: { 1: shipmentId, 2: status, 3: timestampText },
  };
}

function fillTemplate(template: TemplateContent, update: TemplatedUpdate, data: PinnedTemplate["data"]): Rendering {
  const { subject, text, html, contentSid, variables } = template;
  const original = originalMessage(update);
  const view: UpdateView = {
    shipment_id: update.shipmentId,
    status: update.status,
    timestamp: update.timestampText,
    enterprise_id: update.enterpriseId,
    data,
  };
  const fill = (part: string) => fillText(part, view, (value) => value);
  try {
    const filled = text === null ? original.text : fill(text);
    const content = {
      subject: subject === null ? original.subject : oneLine(fill(subject)),
      text: filled,
      html: html === null ? htmlOf(filled) : fillText(html, view, escapeHtml),
      contentSid,
      variables:
        contentSid === null
          ? original.variables
          : Object.fromEntries(Object.entries(variables ?? {}).map(([name, value]) => [name, oneLine(fill(value))])),
    };
    const isEmpty = [content.subject, content.text, content.html].some((part) => part.trim() === "");
    return isEmpty
      ? { ok: false, because: "Filled with this update, the template says nothing." }
      : { ok: true, content };
  } catch {
    return { ok: false, because: "The template cannot be filled with this update." };
  }
}

/** Subjects end at a line's end, and WhatsApp takes neither lines nor wide gaps in its variables. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
}
