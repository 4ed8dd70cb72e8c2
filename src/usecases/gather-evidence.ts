import { ADAPTERS, type AddressKind } from "../domain/adapter-facts.ts";
import { usableAddress } from "../domain/address.ts";
import type { FoundMessage, LookUpAnswer } from "../domain/look-up.ts";
import { renderMessage } from "../domain/message.ts";
import { LATER_HEARD_THAT_PROVE, type Evidence } from "../domain/reconciliation.ts";
import type { Services } from "../services.ts";

type Needs = Pick<Services, "reconciling" | "adapters" | "clock" | "log" | "times">;

export type DueLook = Awaited<ReturnType<Services["reconciling"]["findDue"]>>[number];

/** The platform lets six requests wait for their answers at once. */
const SLOTS = 6;

/** An account that did not answer so often is left alone for the rest of the run. */
const PATIENCE = 3;

type Question = { look: DueLook; address: AddressKind; ask: () => Promise<LookUpAnswer> };

/**
 * What can be learnt about these deliveries, by attempt: from their providers, or from the providers' events. What
 * could not be asked before the next sweep is left out, and stays due.
 */
export async function gatherEvidence(services: Needs, looks: DueLook[]): Promise<Map<string, Evidence>> {
  const evidence = new Map<string, Evidence>();
  const questions: Question[] = [];
  const silent: DueLook[] = [];
  for (const look of looks) {
    if (look.state === "unknown" && look.isProven) {
      evidence.set(look.attemptId, { source: "record", providerId: look.providerId });
      continue;
    }
    const way = wayToAsk(services, look);
    if (way === "events") silent.push(look);
    else if ("because" in way) evidence.set(look.attemptId, { source: "nothing", ...way });
    else questions.push(way);
  }
  for (const [attemptId, heard] of await countHeard(services, silent)) {
    evidence.set(attemptId, { source: "events", laterHeard: heard });
  }
  for (const [attemptId, answer] of await askProviders(services, questions)) evidence.set(attemptId, answer);
  return evidence;
}

/** How to find out about a delivery: by a question, by the events of others, or not at all. */
function wayToAsk({ adapters }: Needs, look: DueLook): Question | "events" | { because: string } {
  if (look.adapter === null) return { because: "The gateway is gone, so nobody can be asked." };
  const { lookUp } = adapters(look.adapter, look.account, look);
  if (lookUp === undefined) return "events";
  const { address } = ADAPTERS[look.adapter];
  const to = usableAddress(look, address);
  if (to === null || !look.isSameAddress) {
    return { because: "The address has changed since, so the message cannot be looked for." };
  }
  const rendering = renderMessage(look);
  if (!rendering.ok) return { because: `The message cannot be written again. ${rendering.because}` };
  const { enterpriseId, attemptId, sender, startedAt, providerId } = look;
  const message = { ...rendering.content, enterpriseId, attemptId, to, sender };
  return { look, address, ask: () => lookUp({ message, startedAt, providerId }) };
}

async function countHeard({ reconciling }: Needs, silent: DueLook[]): Promise<Map<string, number>> {
  return silent.length === 0 ? new Map() : reconciling.countLaterHeard(silent, LATER_HEARD_THAT_PROVE);
}

async function askProviders(services: Needs, questions: Question[]): Promise<Map<string, Evidence>> {
  const answers = await askAll(services, questions);
  const found = answers.flatMap(({ question, answer }) =>
    answer.kind === "found" ? [{ question, messages: answer.messages }] : [],
  );
  // Rivals first: one whose answer is recorded in between is a rival no more, but a holder by then.
  const rivals = await countRivals(
    services,
    found.flatMap(({ question, messages }) => (messages.length > 0 ? [question] : [])),
  );
  const isFree = await freedomOf(services, found);
  return new Map(
    answers.map(({ question: { look }, answer }): [string, Evidence] => {
      if (answer.kind === "unanswered") {
        return [look.attemptId, { source: "look_up", unanswered: `The provider was asked: ${answer.reason}.` }];
      }
      const messages = answer.messages.filter((message) => isFree(message, look));
      return [look.attemptId, { source: "look_up", messages, rivals: rivals.get(look.deliveryId) ?? 0 }];
    }),
  );
}

type Asked = { question: Question; answer: LookUpAnswer };

/**
 * Six questions at once, until the next sweep is due. An account that keeps silent does not hold up the others: it
 * gets no more places than it may disappoint while others have questions.
 */
async function askAll({ clock, log, times }: Needs, questions: Question[]): Promise<Asked[]> {
  const asked: Asked[] = [];
  const end = clock.now() + times.sweepEvery;
  const accounts = accountsOf(questions);
  const places = new Set(accounts.values()).size > 1 ? PATIENCE : SLOTS;
  const waiting = [...accounts];
  const takeNext = () => {
    const index = waiting.findIndex(([, account]) => account.running < places);
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  };
  const askOn = async () => {
    for (let next = takeNext(); next && clock.now() < end; next = takeNext()) {
      const [question, account] = next;
      account.running += 1;
      const isSilent = account.silences >= PATIENCE;
      const answer = isSilent ? NOT_ASKED : await question.ask().catch((error: unknown) => failed(log, error));
      account.running -= 1;
      if (answer.kind === "unanswered") account.silences += 1;
      asked.push({ question, answer });
    }
  };
  await Promise.all(Array.from({ length: SLOTS }, askOn));
  return asked;
}

/** Each question with what is known of its provider account, which all of the same account share. */
function accountsOf(questions: Question[]) {
  const known = new Map<string, { running: number; silences: number }>();
  return new Map(
    questions.map((question) => {
      const key = JSON.stringify([question.look.adapter, question.look.account]);
      const account = known.get(key) ?? { running: 0, silences: 0 };
      known.set(key, account);
      return [question, account];
    }),
  );
}

const NOT_ASKED: LookUpAnswer = { kind: "unanswered", code: "not_asked", reason: "it does not answer at present" };

/** A bug in an adapter proves nothing about the message. */
function failed(log: Needs["log"], error: unknown): LookUpAnswer {
  log.error("look_up_threw", error);
  return { kind: "unanswered", code: "internal", reason: "its answer could not be understood" };
}

/** A message belongs to one attempt: what another one holds is not ours. */
async function freedomOf({ reconciling }: Needs, found: { messages: FoundMessage[] }[]) {
  const ids = [...new Set(found.flatMap(({ messages }) => messages.map((message) => message.providerId)))];
  const holders = ids.length === 0 ? [] : await reconciling.findHolders(ids.toSorted());
  return ({ providerId }: FoundMessage, look: DueLook) =>
    !holders.some((holder) => holder.providerId === providerId && holder.attemptId !== look.attemptId);
}

async function countRivals({ reconciling }: Needs, questions: Question[]): Promise<Map<string, number>> {
  const open = questions.filter(({ look }) => look.state === "unknown");
  const rivals = new Map<string, number>();
  for (const [address, ofKind] of Map.groupBy(open, (question) => question.address)) {
    const looks = ofKind.map(({ look }) => look);
    for (const [deliveryId, count] of await reconciling.countRivals(looks, address)) rivals.set(deliveryId, count);
  }
  return rivals;
}
