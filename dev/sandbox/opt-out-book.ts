/** Who has told which sender to stop. https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out */
export type OptOutBook = {
  /** What a text to one of our senders means; Twilio's default words, each alone and in any case, unless it says. */
  heed: (sender: string, recipient: string, text: string, optOutType: string | null) => void;
  isOut: (sender: string, recipient: string) => boolean;
};

const STOP = /^(stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)$/i;
const START = /^(start|yes|unstop)$/i;

/** Of numbers only: Twilio leaves opting out of WhatsApp messages to the business. */
export function createOptOutBook(): OptOutBook {
  const out = new Set<string>();
  return {
    heed: (sender, recipient, text, optOutType) => {
      if (recipient.includes(":")) return;
      const word = text.trim();
      if (optOutType === null ? STOP.test(word) : optOutType === "STOP") out.add(pair(sender, recipient));
      if (optOutType === null ? START.test(word) : optOutType === "START") out.delete(pair(sender, recipient));
    },
    isOut: (sender, recipient) => out.has(pair(sender, recipient)),
  };
}

function pair(sender: string, recipient: string): string {
  return `${sender} ${recipient}`;
}
