import { reasonNotOpened, type Credentials, type SealedGateway } from "../domain/credentials.ts";
import type { OutboundMessage } from "../domain/outbound-message.ts";
import type { Adapter } from "./adapter.ts";
import type { Vault } from "./vault.ts";

/**
 * An adapter that opens its gateway's credentials for each call, and is made of them for that call only: nothing of an
 * enterprise's account outlives it, and no two calls share any. They are opened in the name of the enterprise whose
 * message it is, so that another's cannot be opened even if a row says so.
 */
export function createOwnAdapter(
  { gatewayId, credentials }: SealedGateway,
  vault: Vault,
  make: (credentials: Credentials) => Adapter,
): Adapter {
  const adapterFor = async ({ enterpriseId: ownerId }: OutboundMessage): Promise<Adapter | string> => {
    if (credentials === null) return "the gateway has no credentials";
    const opening = await vault.open({ ownerId, gatewayId }, credentials);
    return opening.kind === "opened" ? make(opening.credentials) : reasonNotOpened(opening);
  };
  const send: Adapter["send"] = async (message, ending) => {
    const adapter = await adapterFor(message);
    return typeof adapter === "string"
      ? { kind: "misconfigured", gatewayWide: true, code: "credentials", reason: adapter }
      : adapter.send(message, ending);
  };
  const canBeAsked = make({}).lookUp !== undefined;
  if (!canBeAsked) return { send };
  return {
    send,
    lookUp: async (question) => {
      const adapter = await adapterFor(question.message);
      if (typeof adapter === "string") return { kind: "unanswered", code: "credentials", reason: adapter };
      return adapter.lookUp ? adapter.lookUp(question) : NOT_ASKED;
    },
  };
}

const NOT_ASKED = { kind: "unanswered", code: "not_asked", reason: "the provider cannot be asked" } as const;
