import type { Evidence, Verdict } from "./evidence.ts";

/** How long the fresh updates after the last fault may take to be delivered, in ms. */
export const TAIL_WITHIN_MS = 30_000;

/** I10: a service that survived its faults works: fresh updates are all delivered soon. */
export function checkTail({ tail }: Evidence): Verdict {
  const { updates, deliveries, delivered, ms } = tail;
  const seconds = (ms / 1000).toFixed(1);
  const isLate = delivered < deliveries || ms > TAIL_WITHIN_MS || deliveries < updates;
  return {
    id: "I10",
    guarantee: `after the last fault fresh updates are all delivered within ${TAIL_WITHIN_MS / 1000} s`,
    looked: `${updates} updates, ${deliveries} deliveries, ${seconds} s`,
    violations: isLate
      ? [`${delivered} of ${deliveries} deliveries of ${updates} updates were delivered in ${seconds} s`]
      : [],
  };
}

/** I11: a message goes to the enterprise that it is for, from the sender of the gateway that was chosen. */
export function checkTenants({ ledger, tables, addresses, senders }: Evidence): Verdict {
  const attempts = new Map(tables.attempts.map((row) => [row.attempt_id, row]));
  const violations = ledger.flatMap(({ attempt, channel, to, from }) => {
    const row = attempts.get(attempt ?? "");
    if (row === undefined) return [];
    const own = addresses.get(row.enterprise_id);
    const isOwn = to === (channel === "email" ? own?.email : own?.phone);
    const isSender = from === senders.get(row.gateway_id);
    return isOwn && isSender ? [] : [`${row.attempt_id} went ${isOwn ? "from another sender" : "to somebody else"}`];
  });
  return {
    id: "I11",
    guarantee: "a message goes to its own enterprise, from its gateway's sender",
    looked: `${ledger.length} acceptances`,
    violations,
  };
}

/** I13: the Worker's log holds no address, text or key. */
export function checkDiscretion({ canaries, workerLog }: Evidence): Verdict {
  const found = canaries.filter((canary) => workerLog.includes(canary));
  return {
    id: "I13",
    guarantee: "nothing personal and no key is in the logs",
    looked: `${(workerLog.length / 1e6).toFixed(1)} MB of logs, ${canaries.length} words`,
    violations: found.length === 0 ? [] : [`${found.length} of the words that must not be there are in the log`],
  };
}
