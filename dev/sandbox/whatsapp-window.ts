/** How long free text may be sent after the user's last message, ms. https://www.twilio.com/docs/whatsapp/key-concepts */
const WINDOW_MS = 24 * 3_600_000;

/** Customer service windows of WhatsApp: one per pair of business and user, opened by the user's message. */
export type WindowBook = {
  open: (business: string, user: string) => void;
  isOpen: (business: string, user: string) => boolean;
};

export function createWindowBook(): WindowBook {
  const openedAt = new Map<string, number>();
  return {
    open: (business, user) => openedAt.set(pair(business, user), Date.now()),
    isOpen: (business, user) => Date.now() - (openedAt.get(pair(business, user)) ?? 0) < WINDOW_MS,
  };
}

function pair(business: string, user: string): string {
  return [business, user].map((address) => address.replace(/^whatsapp:/, "")).join(" ");
}
