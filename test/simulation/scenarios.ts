import { originalMessage } from "../../src/domain/message.ts";
import type { Fault, Weather } from "./faults.ts";
import { senderOf } from "./town.ts";
import type { Way } from "./verdicts.ts";
import { updateOf } from "./workload.ts";
import type { World } from "./world.ts";

/** A short story with an end that does not depend on where it is interrupted. */
export type Scenario = {
  name: string;
  /** How the provider answers the first calls; all others are accepted. */
  script?: Way[];
  weather?: Partial<Weather>;
  manner?: Partial<World["provider"]["manner"]>;
  /** Each lane has one consumer, as queues have on one machine, and none of its bells is late. */
  oneConsumer?: true;
  /** Played once, without a blow: what it is about is in the times. */
  isUndisturbed?: true;
  /** Befalls the first call at a port, besides the fault of the walk. */
  first?: { port: string; fault: Fault };
  play: (world: World) => void;
  /** What must come of it when nothing interrupts it. */
  expects?: {
    acceptances?: number;
    withinMs?: number;
    mostCalls?: number;
    /** Whom a gateway that hangs must not delay, and by how much it may be late, in ms. */
    undelayed?: { enterpriseId: string; withinMs: number };
  };
};

function post(world: World, enterpriseId: string, statuses: string[], apartMs = 100): void {
  for (const [index, status] of statuses.entries()) {
    const update = updateOf(enterpriseId, "S1", status, world.start + index * apartMs);
    world.scheduler.after(index * apartMs, () => world.clients.post(update, `key-${index}`));
  }
}

/** Updates of as many shipments, one after another. */
function postEach(world: World, enterpriseId: string, count: number, apartMs: number): void {
  for (let index = 0; index < count; index++) {
    const update = updateOf(enterpriseId, `S${index}`, "shipped", world.start + index * apartMs);
    world.scheduler.after(index * apartMs, () => world.clients.post(update, `${enterpriseId}-${index}`));
  }
}

/** Trouble from the start, at the gateway of which only `e4` has no other. */
function spellFrom(world: World, ms: number) {
  return { sender: senderOf("gw_sms_a"), from: world.start, to: world.start + ms };
}

const one = (world: World) => post(world, "e4", ["shipped"]);

/** The stories that are interrupted at each of their calls. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "accept an update, and the same once more",
    play: (world) => {
      post(world, "e2", ["shipped"]);
      world.scheduler.after(50, () => post(world, "e2", ["shipped"]));
    },
  },
  { name: "deliver one", play: one, expects: { acceptances: 1, withinMs: 5_000 } },
  { name: "deliver on two channels, and skip a third", play: (world) => post(world, "e1", ["shipped"]) },
  { name: "log why an update was skipped", play: (world) => post(world, "e5", ["shipped"]) },
  {
    name: "deliver siblings, the newest posted first",
    play: (world) => post(world, "e4", ["delivered", "shipped", "packed"], -3),
  },
  {
    name: "deliver siblings in order",
    play: (world) => post(world, "e4", ["packed", "shipped", "delivered"]),
    expects: { acceptances: 3, withinMs: 15_000 },
  },
  { name: "try again after a refusal", script: ["limited", "unavailable"], play: one },
  {
    name: "fail over to the second gateway",
    script: ["wrong_account"],
    play: (world) => post(world, "e3", ["shipped"]),
    expects: { acceptances: 1, withinMs: 9_500 },
  },
  {
    name: "wait while a gateway is away for an hour",
    play: (world) => {
      const [from, to] = [world.start, world.start + 3_600_000];
      world.provider.badSpells.push({ sender: "from-gw_sms_a", from, to, way: "unavailable" });
      one(world);
    },
    expects: { acceptances: 1, withinMs: 2 * 3_600_000, mostCalls: 20 },
  },
  {
    name: "hold back what a closed gateway cannot carry",
    isUndisturbed: true,
    play: (world) => {
      world.provider.badSpells.push({ ...spellFrom(world, 240_000), way: "unavailable" });
      postEach(world, "e4", 150, 1_000);
    },
    expects: { acceptances: 150, mostCalls: 165 },
  },
  {
    name: "go on through one gateway while the other one hangs",
    isUndisturbed: true,
    oneConsumer: true,
    manner: { isQuick: true },
    play: (world) => {
      world.provider.badSpells.push({ ...spellFrom(world, 120_000), way: "silent" });
      postEach(world, "e4", 100, 1_000);
      postEach(world, "e2", 100, 1_000);
    },
    expects: { undelayed: { enterpriseId: "e2", withinMs: 3_000 } },
  },
  { name: "reject a message", script: ["wrong_recipient"], play: one },
  { name: "hear an ambiguous answer to a message that was taken", script: ["error_but_taken"], play: one },
  { name: "hear nothing of a message that was taken", script: ["silent_but_taken"], play: one },
  {
    name: "find a message that is listed only after the first look",
    script: ["silent_but_taken"],
    weather: { receiptsLost: 1 },
    manner: { listedAfterMs: 150_000 },
    isUndisturbed: true,
    play: one,
    expects: { acceptances: 1 },
  },
  {
    name: "ask again where the first looks are not answered",
    script: ["silent_but_taken"],
    weather: { receiptsLost: 1 },
    manner: { unansweredLooks: 5 },
    play: one,
    expects: { acceptances: 1 },
  },
  {
    name: "tell two messages that look the same apart by nothing but their receipts",
    script: ["silent_but_taken", "error"],
    weather: { receiptsLost: 1 },
    isUndisturbed: true,
    play: (world) => {
      const update = updateOf("e4", "S1", "shipped", world.start);
      for (const row of world.database.subscriptions.values()) row.enabled &&= row.channelId === "ch_sms";
      world.clients.post(update, null);
      world.scheduler.after(20_000, () => world.clients.post({ ...update, enterpriseId: "e1" }, null));
      // Only now, so that nothing is told of the first one: both have to stay uncertain.
      world.scheduler.after(60_000, () => void world.twins.add(originalMessage(update).text));
    },
  },
  {
    name: "give up what could not be sent while it was of use",
    isUndisturbed: true,
    play: (world) => {
      world.provider.badSpells.push({ ...spellFrom(world, 25 * 3_600_000), way: "unavailable" });
      one(world);
    },
    expects: { acceptances: 0 },
  },
  {
    name: "deliver although the first bells get lost",
    weather: { bellsDropped: 1 },
    play: (world) => {
      one(world);
      world.scheduler.after(30_000, world.clearUp);
    },
  },
  {
    name: "take up a delivery whose sender died before the call",
    first: { port: "sending.commitIntents", fault: "die_before" },
    play: one,
  },
  {
    name: "take up a delivery whose sender died after the call",
    first: { port: "provider.send", fault: "die_after" },
    play: one,
  },
  {
    name: "take up a delivery whose outcome was half recorded",
    first: { port: "sending.record.attempts", fault: "die_after" },
    play: one,
  },
];
