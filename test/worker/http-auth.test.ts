import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { problemOf, postingStranger, readAnswer } from "./http-kit.ts";
import { quietEnv, sendIn } from "./kit.ts";
import { network } from "./network.ts";

const GUARDED = [
  ["POST", "/"],
  ["POST", "/add-channel-gateway"],
  ["POST", "/redrive"],
  ["GET", "/fetch-channels-gateways"],
] as const;

it.for(GUARDED)("answers 401 to %s %s without a token, and asks for one", async ([method, path]) => {
  const answer = await readAnswer(await sendIn(quietEnv().env, path, { method }));

  expect(problemOf(answer)).toMatchObject({ status: 401, code: "unauthorized" });
  expect(answer.headers.get("WWW-Authenticate")).toBe('Bearer realm="notify-api"');
});

it.for(GUARDED)("answers 401 to %s %s with a wrong token", async ([method, path]) => {
  const headers = { Authorization: `Bearer ${env.API_TOKEN}x` };

  const answer = await readAnswer(await sendIn(quietEnv().env, path, { method, headers }));

  expect(problemOf(answer)).toMatchObject({ status: 401, code: "unauthorized" });
});

it.for(["", "Bearer", "Bearer ", `Basic ${env.API_TOKEN}`, env.API_TOKEN, `Bearer ${env.API_TOKEN.slice(0, -1)}`])(
  "is not let in by the header %j",
  async (header) => {
    const answer = await sendIn(quietEnv().env, "/fetch-channels-gateways", { headers: { Authorization: header } });

    expect(answer.status).toBe(401);
  },
);

it("does not ask the database for somebody who is not let in", async () => {
  const init = { ...postingStranger(), headers: { "Content-Type": "application/json" } };

  const statements = await network.statementsOf(() => sendIn(quietEnv().env, "/", init));

  expect(statements).toEqual([]);
});

it.for(GUARDED)("lets nobody in to %s %s while no token is configured", async ([method, path]) => {
  const quiet = quietEnv({ API_TOKEN: "" }).env;
  const tries = [undefined, "Bearer", "Bearer ", 'Bearer ""', `Bearer ${env.API_TOKEN}`];

  for (const header of tries) {
    const headers: HeadersInit = header === undefined ? {} : { Authorization: header };
    const answer = await readAnswer(await sendIn(quiet, path, { method, headers }));
    expect(problemOf(answer)).toMatchObject({ status: 503, code: "not_configured" });
  }
});

it.for([
  ["GET", "/", 400],
  ["GET", "/health", 200],
  ["POST", "/callbacks/twilio", 403],
] as const)("asks no token for %s %s", async ([method, path, status]) => {
  const answer = await sendIn(quietEnv().env, path, { method });

  expect(answer.status).toBe(status);
  expect(answer.headers.get("WWW-Authenticate")).toBeNull();
});
