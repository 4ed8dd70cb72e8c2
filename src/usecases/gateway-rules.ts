import {
  ADAPTER_NAMES,
  ADAPTERS,
  adapterOfGatewayName,
  isAdapterName,
  type AdapterName,
} from "../domain/adapter-facts.ts";
import { AppError } from "../domain/app-error.ts";
import type { Kind } from "../domain/lane.ts";
import type { Services } from "../services.ts";

/** The adapter that a gateway names, or that its name implies. Throws AppError `unknown_adapter`. */
export function chooseAdapter(adapter: string | undefined, gatewayName: string): AdapterName {
  const name = adapter ?? adapterOfGatewayName(gatewayName);
  if (name !== undefined && isAdapterName(name)) return name;
  const problem = name === undefined ? "A gateway of this name has to name its adapter" : "There is no such adapter";
  throw new AppError("unknown_adapter", `${problem}. Adapters: ${ADAPTER_NAMES.join(", ")}.`, {
    errors: [{ pointer: "/adapter", message: `must be one of ${ADAPTER_NAMES.join(", ")}` }],
    members: { adapters: ADAPTER_NAMES },
  });
}

/** Throws AppError `unknown_account` where no such provider account is configured. */
export function refuseUnknownAccount({ accounts }: Pick<Services, "accounts">, account: string): void {
  if (accounts.includes(account)) return;
  const names = accounts.filter((name) => name !== "");
  const known = names.length === 0 ? "Only the first one is configured" : `Further accounts: ${names.join(", ")}`;
  throw new AppError("unknown_account", `There is no such provider account. ${known}.`, {
    errors: [{ pointer: "/account", message: "must be the name of a configured account, or empty for the first" }],
    members: { accounts: names },
  });
}

/**
 * A channel of one kind is carried by adapters of that kind; one of kind `other` by any. `meant`: the kind that is asked
 * for, where it is. Throws AppError `adapter_mismatch`.
 */
export function refuseMismatch(kind: Kind, adapter: AdapterName, meant: Kind | undefined): void {
  const fits = kind === "other" || ADAPTERS[adapter].kind === kind;
  const isKindMeant = meant === undefined || meant === kind;
  if (fits && isKindMeant) return;
  throw new AppError(
    "adapter_mismatch",
    isKindMeant
      ? `The adapter ${adapter} does not carry channels of kind ${kind}.`
      : `This channel exists with the kind ${kind}.`,
    { errors: [{ pointer: isKindMeant ? "/adapter" : "/kind", message: `must fit a channel of kind ${kind}` }] },
  );
}
