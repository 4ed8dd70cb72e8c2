import type { LocalCloud } from "../local/cloud.ts";
import type { Fault } from "../sandbox/fault.ts";

/** What the Worker answered. `body` is its JSON. */
export type Answer = { status: number; replayed: boolean; body: AnswerBody };

/** The members of any answer that the demo looks at. */
export type AnswerBody = {
  update_id?: string;
  code?: string;
  errors?: { pointer: string }[];
  channel_id?: string;
  gateway_id?: string;
};

/** The Worker and the sandbox, asked as a client would ask them. */
export type Service = {
  postUpdate: (body: unknown, idempotencyKey?: string) => Promise<Answer>;
  /** Throws unless it is added. */
  addGateway: (gateway: object) => Promise<{ channelId: string; gatewayId: string }>;
  armFault: (fault: Fault) => Promise<void>;
  /** Faults that have not struck as often as they should. */
  faultsLeft: () => Promise<Fault[]>;
};

/** `url`: of the Worker. Requests end with `signal`. */
export function createService(url: string, { apiKey, sandbox }: LocalCloud, signal: AbortSignal): Service {
  const call = async (address: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal,
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new Error(`${new URL(address).origin} does not answer.`, { cause: error });
    });
    const text = await answer.text();
    return { answer, json: (text === "" ? {} : JSON.parse(text)) as AnswerBody };
  };
  const authorization = { authorization: `Bearer ${apiKey}` };
  const must = async (address: string, body: unknown, headers?: Record<string, string>) => {
    const { answer, json } = await call(address, body, headers);
    if (!answer.ok) throw new Error(`${new URL(address).pathname} answered ${answer.status}: ${JSON.stringify(json)}`);
    return json;
  };
  return {
    postUpdate: async (body, idempotencyKey) => {
      const key = idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey };
      const { answer, json } = await call(url, body, { ...authorization, ...key });
      return { status: answer.status, replayed: answer.headers.get("idempotency-replayed") === "true", body: json };
    },
    addGateway: async (gateway) => {
      const { channel_id: channelId = "", gateway_id: gatewayId = "" } = await must(
        `${url}/add-channel-gateway`,
        gateway,
        authorization,
      );
      return { channelId, gatewayId };
    },
    armFault: async (fault) => {
      await must(`${sandbox.url}/faults`, fault);
    },
    faultsLeft: async () => (await (await fetch(`${sandbox.url}/faults`, { signal })).json()) as Fault[],
  };
}
