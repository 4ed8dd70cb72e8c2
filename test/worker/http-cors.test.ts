import { expect, it } from "vitest";
import { AS_JSON } from "./http-kit.ts";
import { quietEnv, sendIn } from "./kit.ts";

const PAGE = "https://shop.example";
const open = quietEnv({ CORS_ORIGINS: `${PAGE}, https://admin.example` }).env;
const closed = quietEnv().env;

const asking = (origin: string, method = "POST") => ({
  method: "OPTIONS",
  headers: { Origin: origin, "Access-Control-Request-Method": method },
});

const ofCors = (answer: Response) => [...answer.headers.keys()].filter((name) => name.startsWith("access-control-"));

it("allows no page anything unless it is configured", async () => {
  const answers = [
    await sendIn(closed, "/", asking(PAGE)),
    await sendIn(closed, "/fetch-channels-gateways", { headers: { ...AS_JSON, Origin: PAGE } }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([405, 200]);
  expect(answers.flatMap(ofCors)).toEqual([]);
});

it("tells a browser beforehand what a configured page may send", async () => {
  const answer = await sendIn(open, "/", asking(PAGE));

  expect(answer.status).toBe(204);
  expect(answer.headers.get("Access-Control-Allow-Origin")).toBe(PAGE);
  expect(answer.headers.get("Access-Control-Allow-Methods")).toBe("GET, POST");
  expect(answer.headers.get("Access-Control-Allow-Headers")).toBe("Authorization, Content-Type, Idempotency-Key");
  expect(answer.headers.get("Vary")).toBe("Origin");
});

it("lets a configured page read answers and errors, with their headers and without cookies", async () => {
  const headers = { ...AS_JSON, Origin: PAGE };
  const answers = [
    await sendIn(open, "/fetch-channels-gateways", { headers }),
    await sendIn(open, "/", { method: "POST", headers, body: "{" }),
    await sendIn(open, "/redrive", { method: "POST", headers: { Origin: PAGE } }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 400, 401]);
  for (const answer of answers) {
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe(PAGE);
    expect(answer.headers.get("Access-Control-Expose-Headers")).toContain("Idempotency-Replayed");
    expect(answer.headers.has("Access-Control-Allow-Credentials")).toBe(false);
    expect(answer.headers.get("Vary")).toBe("Origin");
  }
});

it.for(["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null", "*"])(
  "allows the origin %s nothing, since it is another",
  async (origin) => {
    const answers = [
      await sendIn(open, "/", asking(origin)),
      await sendIn(open, "/health", { headers: { Origin: origin } }),
    ];

    expect(answers.flatMap(ofCors)).toEqual([]);
  },
);

it("allows no page a callback", async () => {
  const answers = [
    await sendIn(open, "/callbacks/twilio", asking(PAGE)),
    await sendIn(open, "/callbacks/twilio", { method: "POST", body: "x", headers: { Origin: PAGE } }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([405, 403]);
  expect(answers.flatMap(ofCors)).toEqual([]);
});

it.for(["https://shop.example/", "*", "shop.example"])("is not configured by %s", async (origins) => {
  expect((await sendIn(quietEnv({ CORS_ORIGINS: origins }).env, "/")).status).toBe(503);
});
