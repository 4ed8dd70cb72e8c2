import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { expect, it } from "vitest";
import worker from "../../src/index.ts";
import { everyRowOf, fateOf, sendOne, twilioForm, type Callback, type Sent } from "./callbacks-kit.ts";

/** Brings a callback to the Worker under the name of another host, as a proxy in front of it may. */
async function callAt(host: string, { quiet }: Sent, { path, headers, body }: Callback): Promise<Response> {
  const context = createExecutionContext();
  const request = new Request(`https://${host}${path}`, { method: "POST", headers, body });
  const answer = await worker.fetch(request as Parameters<typeof worker.fetch>[0], quiet, context);
  await waitOnExecutionContext(context);
  return answer;
}

it("believes what was signed for the public URL, whatever host the request names behind a proxy", async () => {
  const sent = await sendOne("sms");
  const receipt = await twilioForm(sent, "delivered");

  const answer = await callAt("internal.example:8787", sent, {
    ...receipt,
    headers: { ...receipt.headers, "X-Forwarded-Host": "elsewhere.example" },
  });

  expect(answer.status).toBe(204);
  expect((await fateOf(sent.enterprise)).state).toBe("delivered");
});

it.for(["the request's own host", "X-Forwarded-Host"])("does not believe what was signed for %s", async (where) => {
  const sent = await sendOne("sms", { settings: { PUBLIC_URL: "https://public.example" } });
  const receipt = await twilioForm(sent, "delivered");
  const before = await everyRowOf(sent.enterprise);
  const isForwarded = where === "X-Forwarded-Host";

  const answer = await callAt(isForwarded ? "internal.example" : "notify.test", sent, {
    ...receipt,
    headers: { ...receipt.headers, ...(isForwarded ? { "X-Forwarded-Host": "notify.test" } : {}) },
  });

  expect(answer.status).toBe(403);
  expect(await everyRowOf(sent.enterprise)).toEqual(before);
});
