import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ADMIN_KEY } from "../support/admin-key.ts";
import { bellFor, hear, newEnterprise, postIn, query, quietEnv, sendIn, unique, updateOf } from "./kit.ts";
import { posting } from "./http-kit.ts";
import { network } from "./network.ts";

const LEVELS = ["log", "info", "warn", "error", "debug"] as const;

const lines: string[] = [];
let restore: (() => void)[] = [];

beforeEach(() => {
  lines.length = 0;
  const keep = (...parts: unknown[]) => void lines.push(parts.map(String).join(" "));
  restore = LEVELS.map((level) => vi.spyOn(console, level).mockImplementation(keep)).map(
    (spy) => () => spy.mockRestore(),
  );
});

afterEach(() => restore.forEach((undo) => undo()));

/** An enterprise and an update that are easy to find again in any text. */
async function canaries() {
  const enterprise = await newEnterprise(["sms", "email", "whatsapp"]);
  const text = unique("canary").replaceAll("-", "");
  const update = updateOf(enterprise, {
    shipment_id: `SH${text}`,
    status: `st${text}`,
    data: { note: `nt${text}` },
  });
  const secrets = [
    enterprise.phone,
    enterprise.phone.slice(1),
    encodeURIComponent(enterprise.phone),
    enterprise.email,
    encodeURIComponent(enterprise.email),
    text,
    ADMIN_KEY,
    env.TWILIO_AUTH_TOKEN,
    env.TWILIO_ACCOUNT_SID,
    env.SENDGRID_API_KEY,
    "re_test_key",
    "twilio-backup-token",
    "SG.backup.key",
    new URL(env.DATABASE_URL).password,
  ];
  return { enterprise, update, secrets };
}

/** Checks that something was logged about it, and gives the lines that tell one of the secrets. */
function leaks(event: string, secrets: string[]): string[] {
  expect(lines.join("\n")).toContain(event);
  return lines.filter((line) => secrets.some((secret) => line.includes(secret)));
}

it.for([
  ["before it took effect", false, 1146],
  ["after it took effect", true, 1146],
  ["because a text was too long", false, 1406],
  ["for want of a connection", false, 1040],
] as const)("logs nothing personal when storing an update fails %s", async ([, after, errno]) => {
  const { update, secrets } = await canaries();
  network.failSql({
    errno,
    after,
    quote: secrets.join(" "),
    matches: (sql) => sql.startsWith("INSERT INTO deliveries") && sql.includes(String(update["shipment_id"])),
  });

  await postIn(quietEnv().env, update);

  expect(leaks("request_failed", secrets)).toEqual([]);
});

it.for(["claim", "load", "intent", "attempt", "log", "failure", "state"] as const)(
  "logs nothing personal when a batch fails at its %s",
  async (step) => {
    const statement = {
      claim: /^\s*UPDATE deliveries d/,
      load: /^\s*SELECT deliveries\.delivery_id/,
      intent: /^\s*INSERT INTO attempts/,
      attempt: /^\s*UPDATE attempts/,
      log: /^INSERT INTO logs \(/,
      failure: /^\s*INSERT INTO logs_failure/,
      state: /^\s*UPDATE deliveries FORCE INDEX \(PRIMARY\)\s*SET code/,
    }[step];
    const { enterprise, update, secrets } = await canaries();
    const { env: quiet } = quietEnv();
    const { body } = await postIn(quiet, update);
    network.answer(enterprise.email, () => Response.json({ errors: [{ message: enterprise.email }] }, { status: 400 }));
    const fault = network.failSql({
      errno: 1146,
      quote: secrets.join(" "),
      matches: (sql) => statement.test(sql) && sql.includes(enterprise.id),
    });

    await hear(quiet, [
      bellFor(
        enterprise,
        body.deliveries.map((delivery) => delivery.delivery_id),
      ),
    ]);

    expect(fault.times).toBe(0);
    expect(leaks("batch_failed", secrets)).toEqual([]);
  },
);

it.for([
  ["fails", (quoted: string) => new Response(`cannot send ${quoted}`, { status: 500 })],
  [
    "refuses",
    (quoted: string) => Response.json({ code: 21211, message: `Invalid: ${quoted}`, status: 400 }, { status: 400 }),
  ],
  ["breaks", (quoted: string) => Promise.reject(new TypeError(`Failed to fetch ${quoted}`))],
  [
    "redirects",
    (quoted: string) => new Response(null, { status: 307, headers: { Location: `/${encodeURIComponent(quoted)}` } }),
  ],
] as const)("neither logs nor stores anything personal when a provider %s and quotes it", async ([, answerWith]) => {
  const { enterprise, update, secrets } = await canaries();
  const { env: quiet } = quietEnv();
  const { body } = await postIn(quiet, update);
  const answer = () => answerWith(secrets.join(" "));
  network.answer(enterprise.phone, answer);
  network.answer(enterprise.email, answer);

  await hear(quiet, [
    bellFor(
      enterprise,
      body.deliveries.map((delivery) => delivery.delivery_id),
    ),
  ]);

  expect(leaks("batch", secrets)).toEqual([]);
  const stored = await query(
    `SELECT CONCAT_WS(' ', code, reason) AS text FROM attempts WHERE enterprise_id = ?
     UNION SELECT CONCAT_WS(' ', code, provider_code, message) FROM logs_failure WHERE enterprise_id = ?`,
    [enterprise.id, enterprise.id],
  );
  expect(stored.filter((row) => secrets.some((secret) => String(row["text"]).includes(secret)))).toEqual([]);
});

it("logs nothing of a body that cannot be read, and nothing of a token that is wrong", async () => {
  const { enterprise, update, secrets } = await canaries();
  const quiet = quietEnv().env;
  const body = JSON.stringify(update);

  await sendIn(quiet, "/", posting(body.slice(0, -2)));
  await sendIn(
    quiet,
    `/?phone=${encodeURIComponent(enterprise.phone)}`,
    posting(body, { Authorization: "Bearer wrong" }),
  );
  network.failSql({ errno: 1146, quote: secrets.join(" "), matches: (sql) => sql.includes(enterprise.id) });
  await sendIn(quiet, `/?phone=${encodeURIComponent(enterprise.phone)}`, posting(body));

  expect(leaks("request_failed", [...secrets, "wrong"])).toEqual([]);
});

it("logs nothing of a message that the queue brought and nobody can read", async () => {
  const { enterprise, secrets } = await canaries();

  await hear(quietEnv().env, [{ v: 1, [enterprise.phone]: enterprise.email, enterprise_id: secrets }]);

  expect(leaks("bell_unreadable", secrets)).toEqual([]);
});
