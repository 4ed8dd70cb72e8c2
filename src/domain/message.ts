import type { OutboundMessage } from "./outbound-message.ts";

export type MessageContent = Pick<OutboundMessage, "subject" | "text" | "html" | "variables">;

/** The original's sentence about one update, for every channel. */
export function renderMessage(update: { shipmentId: string; status: string; timestampText: string }): MessageContent {
  const { shipmentId, status, timestampText } = update;
  const text = `Shipment ID ${shipmentId} is ${status}. Updated on ${timestampText}`;
  return {
    subject: "Order Status Update",
    text,
    html: `<p>${escapeHtml(text)}</p>`,
    variables: [shipmentId, status, timestampText],
  };
}

const HTML_ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character] ?? character);
}
