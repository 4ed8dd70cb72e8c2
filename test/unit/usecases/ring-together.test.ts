import { expect, test, vi } from "vitest";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { createBellGathering } from "../../../src/queue/bell-gathering.ts";
import { ringTogether } from "../../../src/usecases/ring-together.ts";
import { newId } from "../domain/builders.ts";
import { fakeBells, fakeLog, hastyClock } from "./fakes.ts";

/** What the requests of one isolate share. */
function anIsolate() {
  const clock = hastyClock();
  const gathering = createBellGathering(250);
  return { gathering, bells: fakeBells(), clock, log: fakeLog(), times: DEFAULT_TIMES };
}

const anUpdate = (enterpriseId = newId("ent")) =>
  (["sms", "email"] as const).map((lane) => ({ lane, enterpriseId, deliveryId: newId("dlv") }));

test("an update that is alone waits for others only for a moment", async () => {
  const isolate = anIsolate();
  const due = anUpdate();
  await ringTogether(isolate, due);
  expect(isolate.bells.rung.map(({ lane, deliveryIds }) => ({ lane, deliveryIds }))).toEqual(
    due.map(({ lane, deliveryId }) => ({ lane, deliveryIds: [deliveryId] })),
  );
  expect(isolate.clock.waits).toEqual([DEFAULT_TIMES.gatherBells]);
});

test("updates that come together are rung at once, those of one enterprise by the same bells", async () => {
  const isolate = anIsolate();
  const ring = vi.spyOn(isolate.bells, "ring");
  const [one, other] = [newId("ent"), newId("ent")];
  const updates = [anUpdate(one), anUpdate(other), anUpdate(one)];
  await Promise.all(updates.map((due) => ringTogether(isolate, due)));
  expect(ring).toHaveBeenCalledOnce();
  expect(isolate.bells.rung.map((bell) => [bell.lane, bell.enterpriseId, bell.deliveryIds.length])).toEqual([
    ["sms", one, 2],
    ["email", one, 2],
    ["sms", other, 1],
    ["email", other, 1],
  ]);
  expect(isolate.bells.rung.flatMap((bell) => bell.deliveryIds).toSorted()).toEqual(
    updates.flatMap((due) => due.map(({ deliveryId }) => deliveryId)).toSorted(),
  );
});

test("nobody waits for the one that carries its bells", async () => {
  const isolate = anIsolate();
  const due = [...anUpdate(), ...anUpdate()];
  isolate.clock.timer = () => ({ elapsed: new Promise(() => undefined), cancel: () => undefined });
  void ringTogether(isolate, due.slice(0, 2));
  await ringTogether(isolate, due.slice(2));
  expect(isolate.bells.rung).toEqual([]);
  expect(isolate.gathering.takeAll()).toEqual(due);
});

test("bells that a queue does not take are logged once, and the next ones are rung again", async () => {
  const isolate = anIsolate();
  isolate.bells.failure = new Error("Too Many Requests");
  await Promise.all([ringTogether(isolate, anUpdate()), ringTogether(isolate, anUpdate())]);
  expect(isolate.log.lines).toMatchObject([{ event: "bells_not_rung", fields: { bells: 4 } }]);
  isolate.bells.failure = null;
  await ringTogether(isolate, anUpdate());
  expect(isolate.bells.rung).toHaveLength(2);
});
