import { setTimeout as pause } from "node:timers/promises";
import { whileHeard } from "../bells.ts";
import { figure } from "../figure.ts";
import { short } from "../report.ts";
import { messagesOf, untilSent } from "../sends.ts";
import { percentile } from "../statistics.ts";
import { freshPrefix, updateBody } from "../updates.ts";

/** Long enough that everything is at rest again. */
const APART_MS = 100;

export const idle = figure({
  number: 9,
  title: "one update while nothing else goes on",
  goals: {
    p50: { what: "accept to provider call, p50", kind: "wall", unit: "ms", limit: { atMost: 60 } },
  },
  measure: async ({ stage, quick, rounds }) => {
    const updates = quick ? 10 : 20;
    const headers = { authorization: `Bearer ${stage.apiKey}`, "content-type": "application/json" };
    const measureOnce = async () => {
      const prefix = freshPrefix();
      const posted = new Map<string, number>();
      for (let number = 0; number < updates; number += 1) {
        await pause(APART_MS);
        const body = updateBody("three-0", `${prefix}${number}`);
        posted.set(`SH-${prefix}${number}`, performance.timeOrigin + performance.now());
        const answer = await fetch(`${stage.service.url}/`, { method: "POST", headers, body });
        if (answer.status !== 202) throw new Error(`A post was answered ${answer.status}: ${await answer.text()}`);
      }
      await untilSent(stage, prefix, updates * 3);
      const messages = await messagesOf(stage, prefix);
      return messages.map(({ shipment, at }) => at - (posted.get(shipment) ?? Number.NaN)).toSorted((a, b) => a - b);
    };
    const times = await whileHeard(stage, stage.service, async () => {
      await measureOnce();
      const all: number[][] = [];
      for (let round = 0; round < rounds; round += 1) all.push(await measureOnce());
      return all;
    });
    const whole = times.flat().toSorted((a, b) => a - b);
    return {
      values: { p50: times.map((sorted) => percentile(sorted, 0.5)) },
      notes: [
        `from the start of the request to its messages on three channels: p95 ${short(percentile(whole, 0.95))} ms`,
      ],
    };
  },
});
