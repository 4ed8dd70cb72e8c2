import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ROUTES } from "../../src/http/app.ts";
import { createLog } from "../../src/log.ts";
import { ADMIN_KEY } from "../support/admin-key.ts";
import { hear, newEnterprise, query, quietEnv, sendIn, unique } from "./kit.ts";
import { captureConsole, type Captured } from "./log-kit.ts";
import { network } from "./network.ts";

let captured: Captured;

beforeEach(() => {
  captured = captureConsole();
});

afterEach(() => captured.release());

/** What must be seen nowhere, in every form in which it may come: of one test, so that no other can hide it. */
async function canaries() {
  const { id, phone, email } = await newEnterprise(["sms", "email"]);
  // Without digits: the log takes out what may be a number, and the plant would not be found for that.
  const text = unique("hidden")
    .replaceAll("-", "")
    .replaceAll(/\d/g, (digit) => "ghijklmnop"[Number(digit)] ?? "");
  const keys = [ADMIN_KEY, env.TWILIO_AUTH_TOKEN, env.SENDGRID_API_KEY, "SG.backup.key", "re_test_key"];
  const secrets = [phone.slice(1), email, encodeURIComponent(email), text, ...keys];
  const leaks = (texts: string[]) => texts.filter((one) => secrets.some((secret) => one.includes(secret)));
  return { id, phone, email, text, secrets, leaks };
}

type Canaries = Awaited<ReturnType<typeof canaries>>;

/** Puts what must not be seen wherever a request has room for a value; names that are not known are told to who sent them. */
function requestOf({ phone, email, text }: Canaries, { method, path }: (typeof ROUTES)[number], key: string) {
  const filled = path.replaceAll(/:provider/g, "twilio").replaceAll(/:\w+/g, encodeURIComponent(phone));
  const asked = new URLSearchParams({ enterprise_id: email, cursor: text });
  const members = ["enterprise_id", "shipment_id", "status", "channel_name", "gateway_name", "sender", "timestamp"];
  const body = JSON.stringify(Object.fromEntries(members.map((name) => [name, `${phone} ${email} ${text}`])));
  const headers = {
    Authorization: `Bearer ${key}`,
    "Content-Type": "application/json",
    "Idempotency-Key": text,
    "CF-Ray": phone,
    "X-Twilio-Signature": text,
    Origin: `https://${text}.example`,
  };
  return { path: `${filled}?${asked.toString()}`, init: { method, headers, ...(method === "GET" ? {} : { body }) } };
}

it.for(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
  "%s logs nothing of what is sent, with a key and without, and tells it to nobody when it is refused",
  async ([, route]) => {
    const hidden = await canaries();
    const { env: quiet } = quietEnv();
    const answers: Response[] = [];
    for (const key of [ADMIN_KEY, hidden.text, ADMIN_KEY.slice(0, -1) + hidden.text]) {
      const { path, init } = requestOf(hidden, route, key);
      answers.push(await sendIn(quiet, path, init));
    }

    expect(captured.of("request")).toHaveLength(3);
    expect(hidden.leaks(captured.lines)).toEqual([]);
    const refusals = answers.filter(({ status }) => status >= 400);
    expect(hidden.leaks(await Promise.all(refusals.map((answer) => answer.text())))).toEqual([]);
  },
);

it.for(
  ROUTES.filter(({ access }) => access !== "open" && access !== "signed").map((route) => [route.path, route] as const),
)("%s logs and answers nothing of a statement that failed, whatever the database quotes of it", async ([, route]) => {
  const hidden = await canaries();
  const { env: quiet } = quietEnv();
  const { path, init } = requestOf(hidden, route, ADMIN_KEY);
  network.failSql({ errno: 1146, quote: hidden.secrets.join(" "), times: 1 });

  const answer = await sendIn(quiet, path, init);
  network.sqlFaults.splice(0);

  expect(captured.of("request")).toHaveLength(1);
  expect(hidden.leaks([...captured.lines, await answer.text()])).toEqual([]);
});

it("logs nothing personal of a bell that was repeated in vain, even if its ids are something else", async () => {
  const { phone, email, leaks } = await canaries();

  await hear(quietEnv().env, [{ v: 1, enterprise_id: email, delivery_ids: ["dlv_1"] }, phone], "notify-dead");

  expect(captured.of("bell_dead")).toHaveLength(2);
  expect(leaks(captured.lines)).toEqual([]);
});

it("finds what is planted: in the log's fields, in a message and in an answer", async () => {
  const { id, phone, text, leaks } = await canaries();
  const log = createLog();

  log.info("planted", { to: phone });
  log.error("planted", new Error(`Cannot send ${text}`));
  log.info("clean", { enterprise_id: id });
  const rows = await query("SELECT phone FROM customers WHERE enterprise_id = ?", [id]);

  expect(leaks(captured.lines).map((line) => JSON.parse(line).event)).toEqual(["planted", "planted"]);
  expect(leaks([JSON.stringify(rows)])).toHaveLength(1);
});
