import { readAudit } from "./db/audit-pages.ts";
import { createChannels } from "./db/channels.ts";
import { claimDue, namesOf } from "./db/claim.ts";
import type { Db } from "./db/client.ts";
import { createKeys } from "./db/kept-keys.ts";
import { createCustomers } from "./db/customers.ts";
import { changeHealth, takeTrials } from "./db/gateway-health.ts";
import { tallyGateways } from "./db/gateway-tally.ts";
import { createGateways } from "./db/gateways.ts";
import { findConcerned, insertInbound } from "./db/inbound.ts";
import { commitIntents, findCommitted, type Intent } from "./db/intent.ts";
import * as holds from "./db/holds.ts";
import { countLaterHeard } from "./db/later-heard.ts";
import * as leases from "./db/leases.ts";
import { loadDue } from "./db/load.ts";
import { findOwnGateway } from "./db/own-gateway.ts";
import * as receipts from "./db/receipts.ts";
import * as reconciliation from "./db/reconcile.ts";
import { findOriginal, findOriginals } from "./db/originals.ts";
import { readPage, readUpdate } from "./db/pages.ts";
import { createBlanking } from "./db/blanking.ts";
import { findOld, removeOld, type OldRow, type OldRows } from "./db/purge.ts";
import { recordResults } from "./db/record.ts";
import * as redriving from "./db/redrive.ts";
import * as silent from "./db/silent.ts";
import { insertSteps, type ReconciliationStep } from "./db/steps.ts";
import { createSubscriptions } from "./db/subscriptions.ts";
import { changeSuppressions } from "./db/suppressions.ts";
import * as templates from "./db/templates.ts";
import { readTimeline } from "./db/timeline.ts";
import { insertUpdate, insertUpdates } from "./db/updates.ts";
import type { AddressKind } from "./domain/adapter-facts.ts";
import type { DeliveryResult } from "./domain/delivery-result.ts";
import type { AuditEntry, AuditFilter } from "./domain/audit-entry.ts";
import type { HealthChange } from "./domain/gateway-health.ts";
import type { HeededMessage } from "./domain/inbound.ts";
import type { Lane } from "./domain/lane.ts";
import type { List } from "./domain/listed-rows.ts";
import type { NewUpdate } from "./domain/new-update.ts";
import type { PageOf } from "./domain/page-cursor.ts";
import type { ListFilter, ShipmentName } from "./domain/reading-query.ts";
import type { Receipt } from "./domain/receipt.ts";
import type { RedriveFilter } from "./domain/redrive.ts";
import type { Retained } from "./domain/retention.ts";
import type { TemplateFilter } from "./domain/stored-template.ts";
import type { SuppressionChange } from "./domain/suppression.ts";
import type { Times } from "./domain/times.ts";
import type { UpdateKeys } from "./domain/update-keys.ts";

/** What the use cases ask of the database, by store. */
export type Stores = ReturnType<typeof createStores>;

/** What the use cases ask of the database, by the part of the story that asks it. */
export function createStores(db: Db, times: Times) {
  return {
    updates: {
      insert: (update: NewUpdate) => insertUpdate(db, update, times),
      insertAll: (updates: NewUpdate[]) => insertUpdates(db, updates, times),
      findOriginal: (enterpriseId: string, keys: UpdateKeys) => findOriginal(db, enterpriseId, keys),
      findOriginals: (asked: Pick<NewUpdate, "update" | "keys">[]) => findOriginals(db, asked),
    },
    customers: createCustomers(db),
    channels: createChannels(db),
    gateways: createGateways(db),
    subscriptions: createSubscriptions(db),
    audit: { page: (asked: PageOf<AuditFilter>) => readAudit(db, asked) },
    templates: {
      target: (channelId: string, enterpriseId: string | null) => templates.findTarget(db, channelId, enterpriseId),
      insert: (version: templates.NewVersion, entry: AuditEntry) => templates.insertVersion(db, version, entry),
      remove: (templateId: string, tombstoneId: string, entry: AuditEntry) =>
        templates.removeTemplate(db, templateId, tombstoneId, entry),
      find: (templateId: string) => templates.findTemplate(db, templateId),
      page: (asked: PageOf<TemplateFilter>) => templates.listTemplates(db, asked),
    },
    keys: createKeys(db),
    sending: {
      claim: (named: { enterpriseId: string; deliveryId: string }[], leaseToken: string) =>
        claimDue(db, namesOf(named), leaseToken, times),
      load: (named: { enterpriseId: string; deliveryId: string }[], leaseToken: string) =>
        loadDue(db, namesOf(named), leaseToken, times),
      commitIntents: (intents: Intent[], leaseToken: string) =>
        commitIntents(db, intents, leaseToken, times.callTimeout),
      findCommitted: (intents: Intent[]) => findCommitted(db, intents),
      record: (results: DeliveryResult[]) => recordResults(db, results, times),
      takeTrials: (gatewayIds: string[]) => takeTrials(db, gatewayIds, times.healthRest),
    },
    health: {
      tally: () => tallyGateways(db, times.healthWindow),
      change: (change: HealthChange) => changeHealth(db, change, times.healthRest),
    },
    sweeping: {
      findSilent: (lanes: { lane: Lane; limit: number }[]) => silent.findSilent(db, lanes),
      findUnheard: (rung: { enterpriseId: string; deliveryId: string }[]) => silent.findUnheard(db, rung),
      moveRingOn: (rows: silent.SilentDelivery[]) => silent.moveRingOn(db, rows, times),
      findExpiredLeases: (limit: number) => leases.findExpiredLeases(db, limit),
    },
    holding: {
      findEnded: (limit: number) => holds.findEndedHolds(db, limit),
      writeSteps: (steps: ReconciliationStep[]) => insertSteps(db, steps),
      logEnds: (endings: holds.EndingHold[]) => holds.logHoldEnds(db, endings),
      end: (endings: holds.EndingHold[]) => holds.moveHoldEnds(db, endings, times),
    },
    reconciling: {
      findDue: (limit: number) => reconciliation.findDueLooks(db, limit),
      findHolders: (providerIds: string[]) => reconciliation.findHolders(db, providerIds),
      countRivals: (looks: reconciliation.DueLook[], address: AddressKind) =>
        reconciliation.countRivals(db, looks, address),
      countLaterHeard: (looks: reconciliation.DueLook[], enough: number) => countLaterHeard(db, looks, enough),
      writeSteps: (steps: ReconciliationStep[]) => insertSteps(db, steps),
      moveAfterLook: (concluded: reconciliation.ConcludedLook[]) =>
        reconciliation.moveAfterLook(db, concluded, times.silentAfter),
    },
    purging: {
      findOld: (wanted: OldRows) => findOld(db, wanted),
      remove: (what: Retained, rows: OldRow[]) => removeOld(db, what, rows),
      ...createBlanking(db),
    },
    redriving: {
      count: (filter: RedriveFilter) => redriving.countRedrivable(db, filter),
      find: (filter: RedriveFilter, limit: number) => redriving.findRedrivable(db, filter, limit),
      lastDueInMs: () => redriving.lastRedriveDueInMs(db),
      log: (filter: RedriveFilter, planned: redriving.PlannedRedrive[]) => redriving.logRedrive(db, filter, planned),
      redrive: (filter: RedriveFilter, planned: redriving.PlannedRedrive[]) =>
        redriving.redrive(db, filter, planned, times.silentAfter),
    },
    reading: {
      update: (enterpriseId: string, updateId: string) => readUpdate(db, enterpriseId, updateId),
      timeline: (asked: PageOf<ShipmentName>) => readTimeline(db, asked),
      page: <L extends List>(list: L, asked: PageOf<ListFilter>) => readPage(db, list, asked),
    },
    receipts: {
      findAttempts: (named: Receipt[], accounts: readonly string[]) => receipts.findAttempts(db, named, accounts),
      insert: (rows: Receipt[]) => receipts.insertReceipts(db, rows),
      writeSteps: (steps: ReconciliationStep[]) => insertSteps(db, steps),
      markAccepted: (proven: receipts.ProvenAttempt[]) => receipts.markAccepted(db, proven),
      logProven: (proven: receipts.ProvenAttempt[]) => receipts.logProven(db, proven),
      logUndelivered: (givenUp: receipts.ProvenAttempt[]) => receipts.logUndelivered(db, givenUp),
      moveForward: (moves: receipts.ReceiptMove[]) => receipts.moveForward(db, moves),
      suppress: (changes: SuppressionChange[]) => changeSuppressions(db, changes),
    },
    ownGateways: {
      find: (gatewayId: string) => findOwnGateway(db, gatewayId),
    },
    inbound: {
      insert: (message: HeededMessage) => insertInbound(db, message),
      findConcerned: (message: HeededMessage) => findConcerned(db, message),
      suppress: (changes: SuppressionChange[]) => changeSuppressions(db, changes),
    },
  };
}
