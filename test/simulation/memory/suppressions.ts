import { LIFTABLE, type SuppressionChange, type Wish } from "../../../src/domain/suppression.ts";
import { key, type MemoryDatabase, type SuppressionRow } from "./tables.ts";

/** Plays src/db/suppressions.ts: changes in the order of their times, each of which may come again. */
export function changeSuppressions(database: MemoryDatabase, changes: SuppressionChange[]): void {
  for (const change of changes.toSorted((a, b) => a.at - b.at)) {
    const { enterpriseId, channelId, address, wish } = change;
    const at = Math.min(change.at, database.now());
    const rowKey = key(enterpriseId, channelId, address);
    const row = database.suppressions.get(rowKey);
    if (row) Object.assign(row, changed(row, wish, at), { changedAt: database.now() });
    else {
      const liftedAt = wish === "lifted" ? at : null;
      const fresh = { enterpriseId, channelId, address, code: wish, since: at, liftedAt, changedAt: database.now() };
      database.suppressions.set(rowKey, fresh);
    }
  }
}

function changed(row: SuppressionRow, wish: Wish, at: number): Pick<SuppressionRow, "since" | "code" | "liftedAt"> {
  const { since, code, liftedAt } = row;
  if (wish === "lifted") {
    const mayLift = (isLiftable(code) || code === "lifted") && at >= since;
    return { since, code, liftedAt: mayLift ? Math.max(liftedAt ?? at, at) : liftedAt };
  }
  const suppressesAgain = liftedAt !== null && at > liftedAt;
  const saysMore = liftedAt === null && isLiftable(code) && !isLiftable(wish);
  return {
    since: liftedAt === null || suppressesAgain ? Math.max(since, at) : since,
    code: suppressesAgain || saysMore ? wish : code,
    liftedAt: suppressesAgain ? null : liftedAt,
  };
}

function isLiftable(code: string): boolean {
  return LIFTABLE.some((liftable) => liftable === code);
}
