import { readAnswer, AS_JSON } from "./http-kit.ts";
import { query, quietEnv, sendIn, unique, type TestEnterprise } from "./kit.ts";

const quiet = quietEnv().env;

export type ReadRow = Record<string, unknown>;

/** Asks for a path with a query; a parameter that is undefined is left out. */
export function ask(path: string, parameters: Record<string, string | number | undefined> = {}) {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, `${value}`]],
  );
  return sendIn(quiet, `${path}?${new URLSearchParams(given).toString()}`, { headers: AS_JSON });
}

/** The rows of one page, and the cursor of the next. */
export async function readRows(path: string, parameters: Record<string, string | number | undefined>) {
  const { status, body } = await readAnswer(await ask(path, parameters));
  if (status !== 200) throw new Error(`Not a page: ${JSON.stringify(body)}`);
  return { rows: body["data"] as ReadRow[], next: body["next"] as string | null };
}

/** All rows of all pages; `between` is done after each page. */
export async function readAll(
  path: string,
  parameters: Record<string, string | number | undefined>,
  between: () => Promise<unknown> = async () => undefined,
): Promise<{ rows: ReadRow[]; pages: number }> {
  const rows: ReadRow[] = [];
  for (let cursor: string | undefined, pages = 1; ; pages++) {
    const page = await readRows(path, { ...parameters, cursor });
    rows.push(...page.rows);
    if (page.next === null) return { rows, pages };
    cursor = page.next;
    await between();
  }
}

/** The path of a shipment's timeline. */
export const timelinePath = (shipmentId: string) => `/v1/shipments/${encodeURIComponent(shipmentId)}/timeline`;

/** The whole answer about a shipment. */
export async function timelineOf(enterprise: TestEnterprise, shipmentId: string) {
  const { status, body } = await readAnswer(await ask(timelinePath(shipmentId), { enterprise_id: enterprise.id }));
  if (status !== 200) throw new Error(`Not a timeline: ${JSON.stringify(body)}`);
  return body as unknown as { deliveries: ReadRow[]; data: ReadRow[]; next: string | null; [member: string]: unknown };
}

/** The shipment of an enterprise's only update. */
export async function shipmentOf(enterprise: TestEnterprise): Promise<string> {
  const [row] = await query<{ shipment_id: string }>("SELECT shipment_id FROM deliveries WHERE enterprise_id = ?", [
    enterprise.id,
  ]);
  return row?.shipment_id ?? "";
}

/** The tables that have a list of their own, by its path, with the columns that differ. */
const TABLES = {
  "/v1/deliveries": {
    table: "deliveries",
    time: "accepted_at",
    set: (id: string) => ({
      update_id: `upd_${id}`,
      update_key: id.padEnd(43, "k"),
      fingerprint: "f".repeat(43),
      position: 0,
      occurred_at: "2026-11-23 07:30:05.120",
      timestamp_text: "2026-11-23 07:30:05",
      lane: "sms",
      state: "sent",
      due_at: "2026-11-23 07:30:06.000",
      expires_at: "2026-11-24 07:30:06.000",
    }),
  },
  "/v1/logs": {
    table: "logs",
    time: "notify_time",
    set: (id: string) => ({ attempt_id: `att_${id}`, timestamp: "2026-11-23 07:30:05.120" }),
  },
  "/v1/logs-failure": {
    table: "logs_failure",
    time: "notify_time",
    set: () => ({
      attempt_no: 1,
      code: "rejected",
      message: "Not a valid phone number.",
      timestamp: "2026-11-23 07:30:05.120",
    }),
  },
} as const;

export type ListPath = keyof typeof TABLES;

export const LIST_PATHS = Object.keys(TABLES) as ListPath[];

/** Puts a row into the table of a list, as of `secondsAgo`; `set` replaces columns. Returns its delivery's id. */
export async function insertRow(
  path: ListPath,
  enterpriseId: string,
  { secondsAgo = 0, ...set }: Record<string, unknown> & { secondsAgo?: number } = {},
): Promise<string> {
  const { table, time, set: columns } = TABLES[path];
  const id = unique("").slice(1).replaceAll("-", "");
  const row = {
    enterprise_id: enterpriseId,
    delivery_id: `dlv_${id}`,
    shipment_id: "SH-1",
    status: "shipped",
    channel: "SMS",
    gateway: "Twilio",
    [time]: instant(secondsAgo),
    ...columns(id),
    ...set,
  };
  await query(
    `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.keys(row)
      .map(() => "?")
      .join(", ")})`,
    Object.values(row),
  );
  return `dlv_${id}`;
}

const NOW = Date.now();

/** `secondsAgo` before the tests began, as the database writes it. */
export function instant(secondsAgo: number): string {
  return new Date(NOW - secondsAgo * 1000).toISOString().slice(0, 23).replace("T", " ");
}
