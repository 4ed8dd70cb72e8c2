import { describe, expect, test, vi } from "vitest";
import { AppError } from "../../../src/domain/app-error.ts";
import { Outage } from "../../../src/domain/outage.ts";
import { acceptOrderUpdates, type UpdateAnswer } from "../../../src/usecases/accept-order-updates.ts";
import { anEnterprise, anUpdate } from "../domain/builders.ts";
import { acceptingWith } from "./fakes.ts";

const alone = (update = anUpdate(), idempotencyKey: string | null = null) => ({ update, idempotencyKey });

/** `accepted`, `replayed` or the code of the refusal. */
function kindOf(answer: UpdateAnswer): string {
  if (answer instanceof AppError) return answer.code;
  return answer.replayed ? "replayed" : "accepted";
}

describe("accepting an array of updates", () => {
  test("asks for all originals at once and stores the rest at once", async () => {
    const world = acceptingWith(anEnterprise());
    const [find, insert] = [vi.spyOn(world.updates, "findOriginals"), vi.spyOn(world.updates, "insertAll")];
    const answers = await acceptOrderUpdates(world, [alone(), alone(), alone()]);
    expect(answers.map(kindOf)).toEqual(["accepted", "accepted", "accepted"]);
    expect([find.mock.calls.length, insert.mock.calls.length]).toEqual([1, 1]);
    expect(world.updates.rows).toHaveLength(3);
  });

  test("stores nothing where everything came before", async () => {
    const world = acceptingWith(anEnterprise());
    const posted = [alone(), alone()];
    await acceptOrderUpdates(world, posted);
    const insert = vi.spyOn(world.updates, "insertAll");
    expect((await acceptOrderUpdates(world, posted)).map(kindOf)).toEqual(["replayed", "replayed"]);
    expect(insert).not.toHaveBeenCalled();
    expect(world.deferred).toHaveLength(1);
  });

  test("judges each by those before it in the array as by those that are stored", async () => {
    const world = acceptingWith(anEnterprise());
    const update = anUpdate();
    const other = anUpdate({ enterpriseId: update.enterpriseId });
    const answers = await acceptOrderUpdates(world, [
      alone(update, "key"),
      alone(update),
      alone({ ...update, data: { other: true } }),
      alone(other, "key"),
      alone(other),
    ]);
    expect(answers.map(kindOf)).toEqual(["accepted", "replayed", "content_mismatch", "content_mismatch", "accepted"]);
    expect(new Set(world.updates.rows.map((row) => row.updateId)).size).toBe(2);
  });

  test("keeps the reason of what cannot be sent at all, and rings for it", async () => {
    const world = acceptingWith(anEnterprise({ channels: [] }));
    const posted = alone();
    const answers = await acceptOrderUpdates(world, [posted, posted]);
    expect(answers.map(kindOf)).toEqual(["no_channels", "no_channels"]);
    expect(answers.map((answer) => answer instanceof AppError && answer.extras.headers)).toEqual([
      {},
      { "Idempotency-Replayed": "true" },
    ]);
    await Promise.all(world.deferred);
    expect(world.bells.rung).toHaveLength(1);
  });

  test("says of what it stored itself that it is accepted, where a later part of the array came second", async () => {
    const world = acceptingWith(anEnterprise());
    const posted = [alone(), alone(), alone()];
    const { insertAll } = world.updates;
    vi.spyOn(world.updates, "insertAll").mockImplementationOnce(async (updates) => {
      await insertAll(updates.slice(0, 1));
      await acceptOrderUpdates(acceptingOn(world), posted.slice(1, 2));
      return "duplicate";
    });
    expect((await acceptOrderUpdates(world, posted)).map(kindOf)).toEqual(["accepted", "replayed", "accepted"]);
    await Promise.all(world.deferred);
    expect(world.bells.rung.flatMap((bell) => bell.deliveryIds)).toHaveLength(2);
  });

  test("rings only for what was stored when others are always faster", async () => {
    const world = acceptingWith(anEnterprise());
    vi.spyOn(world.updates, "insertAll").mockResolvedValue("duplicate");
    expect((await acceptOrderUpdates(world, [alone(), alone()])).map(kindOf)).toEqual([
      "database_unavailable",
      "database_unavailable",
    ]);
    expect(world.updates.insertAll).toHaveBeenCalledTimes(5);
    expect(world.deferred).toEqual([]);
  });

  test("fails as a whole and rings nothing when the commit fails", async () => {
    const world = acceptingWith(anEnterprise());
    vi.spyOn(world.updates, "insertAll").mockRejectedValue(new Outage("no answer"));
    await expect(acceptOrderUpdates(world, [alone()])).rejects.toBeInstanceOf(Outage);
    expect(world.deferred).toEqual([]);
  });
});

/** Somebody else's request, on the same stored updates. */
function acceptingOn(world: ReturnType<typeof acceptingWith>) {
  return { ...acceptingWith(anEnterprise()), updates: { ...world.updates }, ids: world.ids };
}
