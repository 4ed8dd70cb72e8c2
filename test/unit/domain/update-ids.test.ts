import { expect, it, test } from "vitest";
import { deliveryIdsOf } from "../../../src/domain/update-ids.ts";
import { createIds } from "../../../src/ids.ts";

it("holds the deliveries that are made with an update, and those of no later second", () => {
  const ids = createIds();
  const earlier = ids.next("dlv");
  const range = deliveryIdsOf(ids.next("upd")) ?? { after: "", before: "" };
  const made = Array.from({ length: 50 }, () => ids.next("dlv"));

  expect(made.every((id) => id > range.after && id < range.before)).toBe(true);
  expect(earlier < range.after).toBe(true);
});

it("ends a second after the update was made", () => {
  expect(deliveryIdsOf("upd_01a2076c0fe270aeaa98efd92b541170")).toEqual({
    after: "dlv_01a2076c0fe270aeaa98efd92b541170",
    before: "dlv_01a2076c13ca",
  });
});

test.each(["", "upd_", "dlv_01a2076c0fe270aeaa98efd92b541170", "upd_01A2076C0FE270AEAA98EFD92B541170", "upd_%"])(
  "is nothing for %s, which is no update's id",
  (text) => {
    expect(deliveryIdsOf(text)).toBeNull();
  },
);
