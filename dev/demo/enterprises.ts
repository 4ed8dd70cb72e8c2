/** An enterprise of the demo: how it is reached, and the gateways that it subscribes to, by name. */
export type DemoEnterprise = {
  enterpriseId: string;
  isSubscribed?: boolean;
  phone: string | null;
  email: string | null;
  gateways: string[];
};

/** Gateways that the demo adds by `POST /add-channel-gateway`. Their senders are what is wrong with them. */
export const ADDED_GATEWAYS = [
  // Twilio's magic number of a sender that may not send, and ahead of the original one (priority 100).
  { channel_name: "SMS", gateway_name: "Twilio east", adapter: "twilio_sms", sender: "+15005550007", priority: 10 },
  { channel_name: "Email", gateway_name: "SendGrid news", adapter: "sendgrid_email", sender: "news@stranger.example" },
  { channel_name: "Pager", gateway_name: "Twilio pager", adapter: "twilio_sms", kind: "other" },
];

/** Added, and then switched off. */
export const DISABLED_GATEWAY = "Twilio pager";

const [sms, email, whatsapp] = ["Twilio", "SendGrid", "Twilio Whatsapp"] as const;

/** Reached by nothing but these gateways; the phone's last two digits are `line`, of the numbers kept for fiction. */
function enterprise(enterpriseId: string, line: number, gateways: string[]): DemoEnterprise {
  const phone = `+120255501${String(line).padStart(2, "0")}`;
  return { enterpriseId, phone, email: `orders@${enterpriseId}.example`, gateways };
}

/** Only an SMS, to a number whose fate dev/sandbox/magic.ts tells. */
function smsTo(enterpriseId: string, phone: string): DemoEnterprise {
  return { enterpriseId, phone, email: null, gateways: [sms] };
}

/** An SMS and a mail, both to addresses whose fate dev/sandbox/magic.ts tells. */
function smsAndMailTo(enterpriseId: string, phone: string, mailbox: string): DemoEnterprise {
  return { enterpriseId, phone, email: `${mailbox}@${enterpriseId}.example`, gateways: [sms, email] };
}

export const DEMO_ENTERPRISES: DemoEnterprise[] = [
  enterprise("bakery", 1, [sms, email, whatsapp]),
  enterprise("florist", 2, [sms]),
  enterprise("printer", 3, [email]),
  enterprise("dairy", 4, [sms, whatsapp]),

  { ...enterprise("museum", 5, [sms, email, whatsapp]), isSubscribed: false },
  enterprise("kiosk", 6, []),
  { ...enterprise("orchard", 7, [sms, email, whatsapp]), phone: "ask at the desk" },
  enterprise("tollgate", 8, [sms, DISABLED_GATEWAY]),

  smsTo("atlas", "+15005550001"),
  smsTo("beacon", "+15005550004"),
  smsTo("cedar", "+15005550009"),
  smsTo("delta", "+15005550003"),
  smsTo("echo", "+15005550002"),

  smsAndMailTo("fable", "+15005553003", "bounce"),
  smsAndMailTo("garnet", "+15005553004", "blocked"),
  smsAndMailTo("hazel", "+15005553005", "dropped"),
  smsAndMailTo("iris", "+15005553006", "unsubscribed"),
  smsAndMailTo("jade", "+15005553007", "spamreported"),
  smsAndMailTo("karst", "+15005553008", "invalid"),

  { ...enterprise("lagoon", 19, [whatsapp]), phone: "+15005553024" },

  enterprise("nimbus", 21, ["Twilio east", sms]),
  enterprise("onyx", 22, ["Twilio east"]),
  enterprise("pebble", 23, ["SendGrid news"]),

  enterprise("quartz", 24, [sms]),
  enterprise("reef", 25, [email]),
  enterprise("sierra", 26, [sms]),
  enterprise("tundra", 27, [email]),
  enterprise("umbra", 28, [sms]),
  enterprise("vale", 29, [sms]),
  enterprise("willow", 30, [sms]),
  enterprise("yarrow", 31, [sms]),
  enterprise("zephyr", 32, [sms, email, whatsapp]),
];
