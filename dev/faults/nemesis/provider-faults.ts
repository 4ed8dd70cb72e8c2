import { setTimeout as pause } from "node:timers/promises";
import { GARBAGE_KINDS, type ArmedFault, type Fault } from "../../sandbox/fault.ts";
import type { Provider } from "../../sandbox/options.ts";
import type { Random } from "../random.ts";
import { longestLookupLag, TIMES } from "../times.ts";
import type { NemesisContext } from "./context.ts";
import { FAULT_GROUPS, type FaultKind } from "./fault-kinds.ts";

/** How long a fault waits for somebody to meet it, in ms. Look-ups come only after a lease and a wait. */
const STAYS_MS = { sends: 3_000, lookups: 8_000 };

/** How long a fault stays that counts nobody, in ms. */
const UNCOUNTED_STAYS_MS = 1_500;

type ProviderFault = {
  kind: FaultKind;
  /** Whether the attempts that it strikes are left without a proof. */
  ambiguous: boolean;
  /** Whom it suits, if not everybody. */
  providers?: readonly Provider[];
  make: (random: Random) => Omit<Fault, "provider">;
};

const send = { operation: "send" } as const;

/** Providers with a list of what they have taken. */
const CAN_BE_ASKED: readonly Provider[] = ["twilio", "resend"];

const FAULTS: ProviderFault[] = [
  {
    kind: "429",
    ambiguous: false,
    make: () => ({ ...send, kind: "status", status: 429, headers: { "retry-after": "1" }, times: 6 }),
  },
  { kind: "503 with body", ambiguous: false, make: () => ({ ...send, kind: "status", status: 503, times: 6 }) },
  {
    kind: "500",
    ambiguous: true,
    make: (random) => ({ ...send, kind: "status", status: 500, accepted: random.happens(0.5), times: 3 }),
  },
  { kind: "accept then drop", ambiguous: true, make: () => ({ ...send, kind: "accept_then_drop", times: 4 }) },
  {
    kind: "hang",
    ambiguous: true,
    make: (random) => ({ ...send, kind: "hang", accepted: random.happens(0.5), times: 3 }),
  },
  {
    kind: "garbage",
    ambiguous: true,
    make: (random) => ({ ...send, kind: "garbage", garbage: random.pick(GARBAGE_KINDS), times: 3 }),
  },
  {
    kind: "late answer",
    ambiguous: true,
    make: () => ({ ...send, kind: "delay", delayMs: TIMES.callTimeout + 300, times: 3 }),
  },
  {
    kind: "reset",
    ambiguous: true,
    make: (random) => ({ ...send, kind: "reset", accepted: random.happens(0.5), times: 3 }),
  },
  // One event at a time: a mail of which no event ever comes looks like one that was never taken.
  { kind: "callback dropped", ambiguous: false, make: () => ({ operation: "callback", kind: "drop", times: 1 }) },
  {
    kind: "callback duplicated",
    ambiguous: false,
    make: () => ({ operation: "callback", kind: "duplicate", times: 8 }),
  },
  {
    kind: "callback late",
    ambiguous: false,
    make: () => ({ operation: "callback", kind: "delay", delayMs: 1_500, times: 4 }),
  },
  {
    kind: "look-up lag",
    ambiguous: false,
    providers: CAN_BE_ASKED,
    make: () => ({ operation: "list", kind: "lookup_lag", delayMs: longestLookupLag(TIMES) }),
  },
  {
    kind: "look-up fails",
    ambiguous: false,
    providers: CAN_BE_ASKED,
    make: () => ({ operation: "list", kind: "status", status: 500, times: 2 }),
  },
];

/**
 * Lets the providers misbehave, one fault after another, in an order of the seed's: when they are asked to send and when
 * they call back, or when they are asked what became of a message.
 */
export async function runProviderFaults(context: NemesisContext, when: "sends" | "lookups"): Promise<void> {
  const { stage, random, until } = context;
  const isAboutLookups = (kind: FaultKind) => FAULT_GROUPS.lookups.some((one) => one === kind);
  const isWanted = (kind: FaultKind) => context.kinds.has(kind) && isAboutLookups(kind) === (when === "lookups");
  const providers = [...stage.networks.keys()].filter((name): name is Provider => name !== "database");
  const all = providers.flatMap((provider) =>
    FAULTS.filter((fault) => isWanted(fault.kind) && fault.providers?.includes(provider) !== false).map((fault) => ({
      ...fault,
      provider,
    })),
  );
  while (all.length > 0 && !until.aborted) {
    for (const fault of random.shuffle(all)) {
      if (until.aborted) return;
      await misbehave(fault, STAYS_MS[when], context);
      await pause(random.whole(100, 400));
    }
  }
}

async function misbehave(
  fault: ProviderFault & { provider: Provider },
  staysMs: number,
  context: NemesisContext,
): Promise<void> {
  const { stage, random, tally, until } = context;
  const { kind, provider, make } = fault;
  const from = Date.now();
  const wanted = { provider, ...make(random) };
  const armed = await askSandbox<ArmedFault>(stage.sandboxUrl, "POST", "/faults", wanted);
  const stays = wanted.times === undefined ? UNCOUNTED_STAYS_MS : staysMs;
  let left = wanted.times;
  while (left !== 0 && Date.now() < from + stays && !until.aborted) {
    await pause(50);
    const faults = await askSandbox<ArmedFault[]>(stage.sandboxUrl, "GET", "/faults");
    left = faults.find(({ id }) => id === armed.id)?.times ?? (wanted.times === undefined ? undefined : 0);
  }
  await askSandbox(stage.sandboxUrl, "DELETE", `/faults?id=${armed.id}`);
  const struck = wanted.times === undefined ? 1 : wanted.times - (left ?? 0);
  tally.add({ kind, target: provider, from, to: Date.now(), struck, ambiguous: fault.ambiguous ? struck : 0 });
}

/** Clears whatever the providers still have in store. */
export async function clearProviders(sandboxUrl: string): Promise<void> {
  await askSandbox(sandboxUrl, "DELETE", "/faults");
}

async function askSandbox<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok)
    throw new Error(`The sandbox answered ${method} ${path} with ${answer.status}: ${await answer.text()}`);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
