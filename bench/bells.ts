import type { BrokerOrder, BrokerStats } from "./broker/broker.ts";
import type { Stage } from "./stage.ts";
import type { Service } from "./workerd.ts";

/** Says what becomes of bells from now on; gives what became of them so far. */
export async function orderBells({ broker }: Stage, order: BrokerOrder): Promise<BrokerStats> {
  return askBroker(broker.controlUrl, JSON.stringify(order));
}

export async function brokerStats({ broker }: Stage): Promise<BrokerStats> {
  return askBroker(broker.controlUrl, "");
}

/** Lets a service hear its bells while `work` goes on; after that the broker is a sink again. */
export async function whileHeard<Result>(stage: Stage, service: Service, work: () => Promise<Result>): Promise<Result> {
  await orderBells(stage, { bells: "heard", frontUrl: service.frontUrl });
  try {
    return await work();
  } finally {
    await orderBells(stage, { bells: "lost" });
  }
}

async function askBroker(url: string, body: string): Promise<BrokerStats> {
  return (await (await fetch(url, { method: "POST", body })).json()) as BrokerStats;
}
