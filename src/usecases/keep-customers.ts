import { AppError } from "../domain/app-error.ts";
import { changesOf, type AuditEntry } from "../domain/audit-entry.ts";
import { PERSONAL, type Customer, type CustomerChanges } from "../domain/customer.ts";
import type { PageOf } from "../domain/page-cursor.ts";
import type { Services } from "../services.ts";
import { auditEntry, type By } from "./audit-entry.ts";
import { toldPage, type ToldPage } from "./told-page.ts";

type Reads = Pick<Services, "customers">;
type Needs = Reads & Pick<Services, "ids">;

/** Adds a customer. Throws AppError `customer_exists`. */
export async function addCustomer(services: Needs, customer: Customer, by: By): Promise<Customer> {
  const { enterprise_id, ...written } = customer;
  const entry = entryOf(services, by, enterprise_id, "created", written);
  const inserted = await services.customers.insert(customer, entry);
  if (inserted === "inserted") return customer;
  throw new AppError("customer_exists", "There is a customer with this enterprise_id already.");
}

/** Throws AppError `enterprise_not_found`. */
export async function showCustomer({ customers }: Reads, enterpriseId: string): Promise<Customer> {
  return (await customers.find(enterpriseId)) ?? notFound();
}

/** A page of customers by their ids. */
export async function listCustomers(
  { customers }: Reads,
  asked: PageOf<{ enterpriseId: string | null }>,
): Promise<ToldPage<Customer>> {
  return toldPage("customers", asked, await customers.page(asked));
}

/** Changes what is named and nothing else. Throws AppError `enterprise_not_found`. */
export async function changeCustomer(
  services: Needs,
  enterpriseId: string,
  changes: CustomerChanges,
  by: By,
): Promise<Customer> {
  const entry = entryOf(services, by, enterpriseId, "changed", changes);
  return (await services.customers.change(enterpriseId, changes, entry)) ?? notFound();
}

/**
 * Removes a customer with its subscriptions. What was accepted for it and is not sent yet will be skipped; what was sent,
 * and who wants no messages, stays known. Throws AppError `enterprise_not_found`.
 */
export async function removeCustomer(services: Needs, enterpriseId: string, by: By): Promise<void> {
  const isRemoved = await services.customers.remove(enterpriseId, entryOf(services, by, enterpriseId, "removed"));
  if (!isRemoved) notFound();
}

function entryOf(
  services: Needs,
  by: By,
  enterpriseId: string,
  action: AuditEntry["action"],
  written?: CustomerChanges,
): AuditEntry {
  const changes = written === undefined ? null : changesOf(written, PERSONAL);
  return auditEntry(services, by, { enterpriseId, resource: "customer", resourceId: enterpriseId, action, changes });
}

function notFound(): never {
  throw new AppError("enterprise_not_found", "There is no enterprise with this enterprise_id.");
}
