import { expect, it, test } from "vitest";
import { writeCursor } from "../../../src/domain/page-cursor.ts";
import { ofShipment, questionOf, readListQuery, readTimelineQuery } from "../../../src/domain/reading-query.ts";

const NOW = Date.UTC(2026, 10, 23, 8);
const ACME: [string, string] = ["enterprise_id", "acme"];
const EVERYTHING = { ...ofShipment({ enterpriseId: "acme", shipmentId: "" }), shipmentId: null };

it("reads every filter of the deliveries", () => {
  const given = {
    enterprise_id: "acme",
    shipment_id: "SH-1",
    channel: "SMS",
    gateway: "Twilio",
    state: "failed",
    code: "rejected",
    from: "2026-11-23T07:30:05+01:00",
    to: "2026-11-23 07:30:05",
    limit: "200",
  };

  expect(readListQuery("deliveries", Object.entries(given), NOW)).toEqual({
    ok: true,
    asked: {
      filter: {
        enterpriseId: "acme",
        shipmentId: "SH-1",
        channel: "SMS",
        gateway: "Twilio",
        state: "failed",
        code: "rejected",
        from: Date.UTC(2026, 10, 23, 6, 30, 5),
        to: Date.UTC(2026, 10, 23, 7, 30, 5),
      },
      limit: 200,
      after: null,
    },
  });
});

it("asks for 50 rows of everything by default, and for 200 entries of a timeline", () => {
  expect(readListQuery("logs", [ACME], NOW)).toEqual({
    ok: true,
    asked: { filter: EVERYTHING, limit: 50, after: null },
  });
  expect(readTimelineQuery("SH-1", [ACME])).toEqual({
    ok: true,
    asked: { filter: { enterpriseId: "acme", shipmentId: "SH-1" }, limit: 200, after: null },
  });
});

test.each(["0", "201", "1e2", "-1", "01", "1.0", " 1", ""])("the limit is not %j", (limit) => {
  expect(readListQuery("logs", [ACME, ["limit", limit]], NOW)).toEqual({
    ok: false,
    errors: [{ parameter: "limit", message: "must be an integer from 1 to 200" }],
  });
});

test.each([
  ["logs", "state"],
  ["logs", "code"],
  ["logs_failure", "state"],
  ["deliveries", "__proto__"],
] as const)("%s have no %s", (list, parameter) => {
  expect(readListQuery(list, [ACME, [parameter, "x"]], NOW)).toEqual({
    ok: false,
    errors: [{ parameter, message: "is not a parameter of this route" }],
  });
});

it("goes on from a cursor of the same filter, whatever the limit", () => {
  const after = { at: NOW, key: ["att_1"] };
  const cursor = writeCursor(after, questionOf("logs", EVERYTHING));

  expect(readListQuery("logs", [["cursor", cursor], ["limit", "7"], ACME], NOW)).toEqual({
    ok: true,
    asked: { filter: EVERYTHING, limit: 7, after },
  });
  expect(readListQuery("logs", [ACME, ["channel", "SMS"], ["cursor", cursor]], NOW)).toMatchObject({ ok: false });
});
