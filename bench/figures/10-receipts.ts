import { setTimeout as pause } from "node:timers/promises";
import { signedHeaders } from "../../dev/sandbox/sendgrid-webhook.ts";
import { whileHeard } from "../bells.ts";
import type { Bench } from "../context.ts";
import { MAILED } from "../enterprises.ts";
import { figure } from "../figure.ts";
import { short } from "../report.ts";
import { eventsOf, type SentMail } from "../sendgrid-events.ts";
import { freshPrefix, postUpdates, updateBody } from "../updates.ts";

const EVENTS = 1_000;

/** Enough that their events fill an array. */
const MAILS = 480;

/** In one of the arrays, so many mails apart there is one whose recipient opts out, or whose address is bad. */
const OPT_OUT_EVERY = 25;

const LONGEST_MS = 60_000;

export const receipts = figure({
  number: 10,
  title: "receipts: a SendGrid array of 1,000 events",
  goals: {
    usual: { what: "statements", kind: "count", unit: "", limit: { atMost: 4 } },
  },
  measure: async (bench) => {
    const usual = await takeEvents(bench, Infinity);
    const optOuts = await takeEvents(bench, OPT_OUT_EVERY);
    return {
      values: { usual: [usual.statements] },
      notes: [
        `2.2 events per mail, 2 % of the mails bounced: answered in ${short(usual.ms)} ms; with ${optOuts.suppressed} first-time opt-outs in ${short(optOuts.ms)} ms by ${optOuts.statements} statements, one more for their table`,
      ],
    };
  },
});

/** Posts an array that nobody has seen, of mails that have just been sent. */
async function takeEvents(bench: Bench, optOutEvery: number) {
  const { stage } = bench;
  const events = eventsOf(await sendMails(bench), optOutEvery).slice(0, EVENTS);
  if (events.length < EVENTS) throw new Error(`There are only ${events.length} events.`);
  const body = `${JSON.stringify(events)}\r\n`;
  const headers = { ...signedHeaders(body, stage.eventKey), "content-type": "application/json" };
  const before = { statements: await stage.statements(), suppressed: await suppressed(bench) };
  const began = performance.now();
  const answer = await fetch(`${stage.service.url}/callbacks/sendgrid`, { method: "POST", headers, body });
  const ms = performance.now() - began;
  if (answer.status !== 204) throw new Error(`The events were answered ${answer.status}: ${await answer.text()}`);
  const statements = (await stage.statements()) - before.statements;
  return { ms, statements, suppressed: (await suppressed(bench)) - before.suppressed };
}

async function suppressed({ stage }: Bench): Promise<number> {
  const [row] = await stage.database.query<{ count: number | bigint }>("SELECT COUNT(*) AS count FROM suppressions");
  return Number(row?.count);
}

/** Has mails accepted and sent; gives what the provider's events will name. */
async function sendMails(bench: Bench): Promise<SentMail[]> {
  const { stage } = bench;
  const prefix = freshPrefix();
  const bodies = Array.from({ length: MAILS }, (_, number) => updateBody(`mail-${number % MAILED}`, prefix + number));
  const end = performance.now() + LONGEST_MS;
  return whileHeard(stage, stage.service, async () => {
    const order = { bodies: { kind: "listed" as const, bodies }, warmUpMs: 0, windowMs: LONGEST_MS, cpuOf: {} };
    await bench.load(postUpdates(bench, order));
    for (;;) {
      const mails = await stage.database.query<SentMail>(
        `SELECT d.enterprise_id AS enterpriseId, a.attempt_id AS attemptId, a.provider_id AS providerId
           FROM deliveries d JOIN attempts a ON a.enterprise_id = d.enterprise_id AND a.delivery_id = d.delivery_id
          WHERE d.state = 'sent' AND d.shipment_id LIKE ? ORDER BY a.attempt_id`,
        [`SH-${prefix}%`],
      );
      if (mails.length === MAILS) return mails;
      if (performance.now() > end) throw new Error(`Only ${mails.length} of ${MAILS} mails were sent.`);
      await pause(100);
    }
  });
}
