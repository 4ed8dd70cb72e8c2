import { AppError } from "../domain/app-error.ts";
import type { ListedDelivery } from "../domain/listed-rows.ts";
import type { Services } from "../services.ts";

/** The deliveries of an update, skips included, at least one. Throws AppError `not_found`. */
export async function showUpdate(
  { reading }: Pick<Services, "reading">,
  enterpriseId: string,
  updateId: string,
): Promise<[ListedDelivery, ...ListedDelivery[]]> {
  const [first, ...others] = await reading.update(enterpriseId, updateId);
  if (first === undefined) throw new AppError("not_found", "There is no update of this id of this enterprise.");
  return [first, ...others];
}
