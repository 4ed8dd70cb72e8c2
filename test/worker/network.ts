import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { SENT_BY_WORKER } from "../support/statements/mark.ts";

/** A provider call that was seen: with whose credentials, from which sender, where to, what, and with which attempt. */
export type ProviderCall = {
  provider: "twilio" | "sendgrid" | "resend";
  credentials: string;
  from: string;
  to: string;
  text: string;
  /** The request as it was sent: a form, or JSON. */
  request: string;
  attempt: string;
  at: number;
};

/** A message as Twilio lists it. */
export type TwilioMessage = { sid: string; from: string; body: string; status: string; date_created: string };

type Answer = (call: ProviderCall) => Response | Promise<Response>;
type SqlHook = { matches: (statement: string) => boolean; run: () => Promise<unknown> };
type SqlFault = {
  matches: (statement: string) => boolean;
  /** Null: it does not fail, but its answer comes late, or is another. */
  errno: number | null;
  /** What comes in place of the database's own answer, as from something on the way to it. */
  answer?: () => Response | Promise<Response>;
  delayMs: number;
  times: number;
  after: boolean;
  /** The whole message, where it is not to be made of the number and the quote. */
  message?: string;
  /** What the server's message quotes, as MySQL quotes values and Vitess whole statements. */
  quote: string;
};

const DATABASE_HOST = new URL(env.DATABASE_URL).host;
const realFetch = globalThis.fetch;

/** Everything that leaves the Worker: the database is real, the providers are played, all else fails the test. */
export const network = {
  calls: [] as ProviderCall[],
  statements: [] as string[],
  answers: new Map<string, Answer>(),
  sqlFaults: [] as SqlFault[],
  sqlHooks: [] as SqlHook[],
  /** What Twilio has of each recipient, newest first; it has nothing by default. */
  listed: new Map<string, TwilioMessage[]>(),
  /** The recipients that Twilio was asked about. */
  looks: [] as string[],
  strangers: [] as string[],

  open(): void {
    if (vi.isMockFunction(globalThis.fetch)) return;
    vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => route(new Request(input, init)));
  },

  expectNoStrangers(): void {
    const strangers = network.strangers.splice(0);
    if (strangers.length > 0) throw new Error(`Unexpected requests left the Worker: ${strangers.join(", ")}`);
  },

  /** Decides how the provider answers messages to one recipient; accepted by default. */
  answer(to: string, given: Answer): void {
    network.answers.set(to, given);
  },

  callsTo(to: string): ProviderCall[] {
    return network.calls.filter((call) => call.to === to);
  },

  /** Makes the next matching statements fail: before they reach the database, or after they took effect. */
  failSql(fault: Partial<SqlFault> & { errno: number }): SqlFault {
    const full = { matches: () => true, delayMs: 0, times: 1, after: false, quote: "", ...fault };
    network.sqlFaults.push(full);
    return full;
  },

  /** Lets something on the way answer the next matching statement: before it reaches the database, or after it. */
  answerSql(fault: Partial<Omit<SqlFault, "errno">> & { answer: () => Response | Promise<Response> }): SqlFault {
    const full = { matches: () => true, delayMs: 0, times: 1, after: false, quote: "", ...fault, errno: null };
    network.sqlFaults.push(full);
    return full;
  },

  /** Does something once, right before the next matching statement reaches the database. */
  beforeStatement(matches: SqlHook["matches"], run: SqlHook["run"]): void {
    network.sqlHooks.push({ matches, run });
  },

  /** Lets the next matching statements wait for `delayMs`, or until the one who asks gives up. */
  delaySql(fault: Partial<Omit<SqlFault, "errno">> & { delayMs: number }): void {
    network.sqlFaults.push({ matches: () => true, times: 1, after: false, quote: "", ...fault, errno: null });
  },

  /** The statements that `work` sends. */
  async statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    const before = network.statements.length;
    await work();
    return network.statements.slice(before);
  },
};

async function route(request: Request): Promise<Response> {
  const { host } = new URL(request.url);
  if (host === DATABASE_HOST) return database(request);
  if (host === "twilio.test") return twilio(request);
  if (host === "sendgrid.test") return sendgrid(request);
  if (host === "resend.test") return resend(request);
  network.strangers.push(`${request.method} ${host}`);
  throw new TypeError("The network is closed.");
}

async function database(request: Request): Promise<Response> {
  request.headers.set(SENT_BY_WORKER, "");
  const { query } = await request.clone().json<{ query: string }>();
  network.statements.push(query);
  const hook = network.sqlHooks.findIndex((one) => one.matches(query));
  if (hook >= 0) await network.sqlHooks.splice(hook, 1)[0]?.run();
  const fault = network.sqlFaults.find((one) => one.times > 0 && one.matches(query));
  if (!fault) return realFetch(request);
  fault.times -= 1;
  if (fault.after) await (await realFetch(request.clone())).arrayBuffer();
  if (fault.answer) return fault.answer();
  if (fault.errno === null) {
    await patience(fault.delayMs, request.signal);
    return realFetch(request);
  }
  const message =
    fault.message ??
    `target: notify.-.primary: vttablet: rpc error: (errno ${fault.errno}) (sqlstate 40001) ${fault.quote}`.trimEnd();
  return Response.json({ session: null, error: { code: "UNKNOWN", message } });
}

/** Waits for some time, at most until the one who asks gives up; then it throws. */
function patience(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => reject(signal.reason));
  setTimeout(resolve, ms);
  return promise;
}

async function twilio(request: Request): Promise<Response> {
  if (request.method === "GET") return lookUp(new URL(request.url));
  const body = new TextDecoder().decode(await request.arrayBuffer());
  const form = new URLSearchParams(body);
  const to = (form.get("To") ?? "").replace("whatsapp:", "");
  const attempt = new URL(form.get("StatusCallback") ?? "").searchParams.get("attempt") ?? "";
  const from = form.get("From") ?? form.get("MessagingServiceSid") ?? "";
  const credentials = atob(credentialsOf(request));
  const text = form.get("Body") ?? "";
  return answer({ provider: "twilio", credentials, from, to, text, request: body, attempt, at: Date.now() }, () =>
    Response.json({ sid: `SM${crypto.randomUUID().replaceAll("-", "")}`, status: "queued" }, { status: 201 }),
  );
}

function lookUp(url: URL): Response {
  const to = url.searchParams.get("To");
  const bySid = /\/Messages\/(\w+)\.json$/.exec(url.pathname)?.[1];
  if (to !== null) network.looks.push(to);
  const details = { to, messaging_service_sid: null, error_code: null, date_sent: null };
  const all = [...network.listed].flatMap(([recipient, messages]) =>
    messages.map((message) => ({ ...details, ...message, to: recipient })),
  );
  if (bySid === undefined) {
    return Response.json({ messages: all.filter((message) => message.to === to), next_page_uri: null });
  }
  const one = all.find((message) => message.sid === bySid);
  return one ? Response.json(one) : Response.json({ code: 20404, message: "not found", status: 404 }, { status: 404 });
}

async function sendgrid(request: Request): Promise<Response> {
  const body = await request.text();
  const mail = JSON.parse(body) as {
    personalizations: { to: { email: string }[] }[];
    from: { email: string };
    content: { value: string }[];
    custom_args: { attempt_id: string };
  };
  const to = mail.personalizations[0]?.to[0]?.email ?? "";
  const attempt = mail.custom_args.attempt_id;
  const credentials = credentialsOf(request);
  return answer(
    {
      provider: "sendgrid",
      credentials,
      from: mail.from.email,
      to,
      text: mail.content[0]?.value ?? "",
      request: body,
      attempt,
      at: Date.now(),
    },
    () => new Response(null, { status: 202, headers: { "X-Message-Id": crypto.randomUUID() } }),
  );
}

async function resend(request: Request): Promise<Response> {
  const body = await request.text();
  const { from, to, text } = JSON.parse(body) as { from: string; to: string[]; text: string };
  const attempt = request.headers.get("Idempotency-Key") ?? "";
  const credentials = credentialsOf(request);
  return answer(
    { provider: "resend", credentials, from, to: to[0] ?? "", text, request: body, attempt, at: Date.now() },
    () => Response.json({ id: crypto.randomUUID() }),
  );
}

/** What stands behind `Basic` or `Bearer`. */
function credentialsOf(request: Request): string {
  return request.headers.get("Authorization")?.split(" ")[1] ?? "";
}

function answer(call: ProviderCall, byDefault: Answer): Response | Promise<Response> {
  network.calls.push(call);
  return (network.answers.get(call.to) ?? byDefault)(call);
}
