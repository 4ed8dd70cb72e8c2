import { COLD } from "../enterprises.ts";
import { figure } from "../figure.ts";
import type { Service } from "../workerd.ts";
import { freshPrefix, updateBody } from "../updates.ts";

/** Posted one after the other within the seconds for which the isolate trusts what it remembers. */
const WARM_POSTS = 20;

let nextCold = 0;

export const statementsPerUpdate = figure({
  number: 1,
  title: "statements per accepted update",
  goals: {
    warm: { what: "warm", kind: "count", unit: "", limit: { atMost: 1 } },
    cold: { what: "cold isolate", kind: "count", unit: "", limit: { atMost: 2 } },
  },
  measure: async ({ stage }) => {
    const post = async ({ url }: Service, enterpriseId: string, id: string) => {
      const headers = { authorization: `Bearer ${stage.apiKey}`, "content-type": "application/json" };
      const answer = await fetch(url, { method: "POST", headers, body: updateBody(enterpriseId, id) });
      if (answer.status !== 202) throw new Error(`A post was answered ${answer.status}: ${await answer.text()}`);
    };
    const counted = async (work: () => Promise<unknown>) => {
      const before = await stage.statements();
      await work();
      return (await stage.statements()) - before;
    };
    const prefix = freshPrefix();
    // Notes the key's use for a minute to come: at most one statement a minute and key, it is no part of an update.
    await post(stage.service, "three-0", `${prefix}noted`);
    const coldEnterprise = `cold-${(nextCold += 1) % COLD}`;
    const cold = await stage.startService();
    try {
      const first = await counted(() => post(cold, coldEnterprise, `${prefix}cold`));
      const rest = await counted(async () => {
        for (let number = 0; number < WARM_POSTS; number += 1) await post(cold, coldEnterprise, `${prefix}${number}`);
      });
      return { values: { warm: [rest / WARM_POSTS], cold: [first] }, notes: [] };
    } finally {
      await cold.stop();
    }
  },
});
