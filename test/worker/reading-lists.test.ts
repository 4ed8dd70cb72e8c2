import { expect, it } from "vitest";
import { unique } from "./kit.ts";
import { insertRow, instant, LIST_PATHS, readAll, readRows, type ReadRow } from "./reading-kit.ts";

const idsOf = (rows: ReadRow[]) => rows.map((row) => String(row["delivery_id"]));

it.for(LIST_PATHS)("%s lists the rows of one enterprise, newest first, and nobody else's", async (path) => {
  const enterprise = unique("ent");
  const older = await insertRow(path, enterprise, { secondsAgo: 60 });
  const newer = await insertRow(path, enterprise, { secondsAgo: 30 });
  await insertRow(path, `${enterprise}x`);
  await insertRow(path, enterprise.toUpperCase());

  const { rows, next } = await readRows(path, { enterprise_id: enterprise });

  expect(idsOf(rows)).toEqual([newer, older]);
  expect(next).toBeNull();
});

it.for(LIST_PATHS)("%s comes in pages without gaps or repeats while rows are added", async (path) => {
  const enterprise = unique("ent");
  const before: string[] = [];
  // Several rows of one instant stand on both sides of a page's end.
  for (const secondsAgo of [50, 50, 50, 50, 50, 40, 30, 30]) {
    before.push(await insertRow(path, enterprise, { secondsAgo }));
  }

  const { rows, pages } = await readAll(path, { enterprise_id: enterprise, limit: 3 }, () =>
    insertRow(path, enterprise),
  );

  expect(pages).toBe(3);
  expect(rows).toHaveLength(before.length);
  expect(new Set(idsOf(rows))).toEqual(new Set(before));
});

it.for([
  ["shipment_id", "SH-7", "SH-70"],
  ["channel", "Pigeon", "Owl"],
  ["gateway", "Coop", "Barn"],
] as const)("every list filters by %s", async ([name, wanted, other]) => {
  for (const path of LIST_PATHS) {
    const enterprise = unique("ent");
    const ids = [
      await insertRow(path, enterprise, { secondsAgo: 40, [name]: wanted }),
      await insertRow(path, enterprise, { secondsAgo: 30, [name]: wanted }),
    ];
    await insertRow(path, enterprise, { secondsAgo: 35, [name]: other });

    const { rows } = await readAll(path, { enterprise_id: enterprise, [name]: wanted, limit: 1 });

    expect(idsOf(rows)).toEqual(ids.toReversed());
  }
});

it.for(LIST_PATHS)("%s filters by time: what is of `from` counts, what is of `to` does not", async (path) => {
  const enterprise = unique("ent");
  const [, middle] = [
    await insertRow(path, enterprise, { secondsAgo: 30 }),
    await insertRow(path, enterprise, { secondsAgo: 40 }),
    await insertRow(path, enterprise, { secondsAgo: 50 }),
  ];
  const iso = (secondsAgo: number) => `${instant(secondsAgo).replace(" ", "T")}Z`;

  const { rows } = await readRows(path, { enterprise_id: enterprise, from: iso(40), to: iso(30) });

  expect(idsOf(rows)).toEqual([middle]);
});

it.for([
  ["/v1/deliveries", "state", "failed", "delivered"],
  ["/v1/deliveries", "code", "rejected", "expired"],
  ["/v1/logs-failure", "code", "undelivered", "rejected"],
] as const)("%s filters by %s", async ([path, name, wanted, other]) => {
  const enterprise = unique("ent");
  const id = await insertRow(path, enterprise, { [name]: wanted });
  await insertRow(path, enterprise, { [name]: other });

  const { rows } = await readRows(path, { enterprise_id: enterprise, [name]: wanted });

  expect(idsOf(rows)).toEqual([id]);
});

it("answers a delivery with its state, the reason in words, and when it is due while it waits", async () => {
  const enterprise = unique("ent");
  const delivery_id = await insertRow("/v1/deliveries", enterprise, { state: "failed", code: "misconfigured" });
  const waiting = await insertRow("/v1/deliveries", enterprise, { state: "retrying", secondsAgo: 5 });

  const { rows } = await readRows("/v1/deliveries", { enterprise_id: enterprise });

  expect(rows[0]).toEqual({
    delivery_id,
    update_id: delivery_id.replace("dlv_", "upd_"),
    shipment_id: "SH-1",
    status: "shipped",
    timestamp: "2026-11-23T07:30:05.120Z",
    channel: "SMS",
    gateway: "Twilio",
    state: "failed",
    code: "misconfigured",
    reason: "Account, sender, template or credentials of the gateway are wrong.",
    attempts: 0,
    accepted_at: `${instant(0).replace(" ", "T")}Z`,
    due_at: null,
    settled_at: null,
    expires_at: "2026-11-24T07:30:06.000Z",
  });
  expect(rows[1]).toMatchObject({ delivery_id: waiting, reason: null, due_at: "2026-11-23T07:30:06.000Z" });
});

it("answers what a provider accepted, and what did not arrive, with ids to go on with", async () => {
  const enterprise = unique("ent");
  const shared = {
    shipment_id: "SH-1",
    status: "shipped",
    timestamp: "2026-11-23T07:30:05.120Z",
    channel: "SMS",
    gateway: "Twilio",
    notify_time: `${instant(0).replace(" ", "T")}Z`,
    provider_id: "SM1",
  };
  const logged = await insertRow("/v1/logs", enterprise, { provider_id: "SM1" });
  const failed = await insertRow("/v1/logs-failure", enterprise, { provider_id: "SM1", provider_code: "21211" });

  const { rows: logs } = await readRows("/v1/logs", { enterprise_id: enterprise });
  const { rows: failures } = await readRows("/v1/logs-failure", { enterprise_id: enterprise });

  expect(logs).toEqual([{ ...shared, delivery_id: logged, attempt_id: logged.replace("dlv_", "att_") }]);
  expect(failures).toEqual([
    {
      ...shared,
      delivery_id: failed,
      attempt_id: null,
      attempt_no: 1,
      code: "rejected",
      provider_code: "21211",
      message: "Not a valid phone number.",
    },
  ]);
});
