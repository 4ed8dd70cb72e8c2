import { expect } from "vitest";
import { ADMIN_KEY } from "../support/admin-key.ts";
import { unique, updateOf, type Posted, type TestEnterprise } from "./kit.ts";

/** The headers of a JSON request that is let in. */
export const AS_JSON = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" };

/** A `POST` of a body as it is, as JSON that is let in. */
export function posting(body: BodyInit, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", headers: { ...AS_JSON, ...headers }, body };
}

/** A `POST` of a valid update of an enterprise that does not exist. */
export function postingStranger(): RequestInit {
  return posting(
    JSON.stringify({
      shipment_id: unique("SH"),
      status: "shipped",
      enterprise_id: unique("stranger"),
      timestamp: new Date().toISOString(),
    }),
  );
}

/** An answer with its JSON read. */
export async function readAnswer(answer: Response): Promise<Posted> {
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

/** Checks what every problem has in common (RFC 9457 and members of our own), and gives its body. */
export function problemOf({ status, headers, body }: Posted): Posted["body"] {
  expect(headers.get("Content-Type")).toBe("application/problem+json");
  expect(body).toMatchObject({
    type: `urn:notify-api:problem:${body.code}`,
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    message: body["detail"],
    request_id: headers.get("X-Request-Id"),
  });
  return body;
}

/** A request for each kind of answer that there is: accepted, refused, open, unknown, not allowed, too large, forged. */
export function requestsOfEveryKind(enterprise: TestEnterprise): [path: string, init?: RequestInit][] {
  return [
    ["/", posting(JSON.stringify(updateOf(enterprise)))],
    ["/", postingStranger()],
    ["/"],
    ["/fetch-channels-gateways"],
    ["/health"],
    ["/nowhere"],
    ["/health", { method: "PUT" }],
    ["/health", { headers: { "X-Large": "x".repeat(20_000) } }],
    ["/callbacks/twilio", { method: "POST", body: "MessageStatus=sent" }],
    ["/callbacks/pigeon", { method: "POST", body: "x" }],
  ];
}
