import { expect, it } from "vitest";
import { shapeOf, skeletonOf } from "../support/statements/shape.ts";
import { attempted, enterpriseOn, newGateway } from "./gateway-health-kit.ts";
import {
  hear,
  newEnterprise,
  postIn,
  query,
  quietEnv,
  unique,
  updateOf,
  type KeptBells,
  type TestEnterprise,
} from "./kit.ts";
import { network } from "./network.ts";

/** What a batch sends when all of it is accepted, and what more when some of it is not. */
const ACCEPTED = [
  "update deliveries d, deliveries sibling",
  "select deliveries",
  "insert attempts, deliveries d",
  "update attempts",
  "insert logs",
  "update deliveries",
];
const WITH_FAILURES = [...ACCEPTED.slice(0, 5), "insert logs_failure", ...ACCEPTED.slice(5)];

/** What a statement is about: its verb and the tables that it changes, or the rows that it is asked for. */
function nameOf(statement: string): string {
  const [verb = "", tables = ""] = skeletonOf(shapeOf(statement)).split(" | ");
  if (verb !== "select") return `${verb} ${tables}`;
  if (tables.includes("deliveries")) return "select deliveries";
  return /\b(?:gateways g|attempts [af])\b/.test(tables) ? "review" : verb;
}

async function namesOf(work: () => Promise<unknown>): Promise<string[]> {
  return (await network.statementsOf(work)).map(nameOf);
}

/** The bells of `count` updates, of ten enterprises in turn. */
async function bellsOf(count: number, first?: TestEnterprise): Promise<{ quiet: Env; bells: KeptBells }> {
  const { env: quiet, bells } = quietEnv();
  const enterprises = [
    ...(first ? [first] : []),
    ...(await Promise.all(Array.from({ length: 10 }, () => newEnterprise()))),
  ];
  for (let posted = 0; posted < count; posted += 1) {
    await postIn(quiet, updateOf(enterprises[posted % enterprises.length] as TestEnterprise));
  }
  return { quiet, bells };
}

/** What the consumer sends when it hears all of these bells as one batch. */
function heard({ quiet, bells }: { quiet: Env; bells: KeptBells }): Promise<string[]> {
  return namesOf(() =>
    hear(
      quiet,
      bells.map(({ body }) => body),
    ),
  );
}

it.for([1, 10, 50, 100])(
  "sends the same six statements for a batch of %i deliveries that are all accepted",
  async (count) => {
    expect(await heard(await bellsOf(count))).toEqual(ACCEPTED);
  },
);

it.for([1, 10, 50, 100])("sends one more where some of %i deliveries fail", async (count) => {
  const unlucky = await newEnterprise();
  network.answer(unlucky.phone, () => Response.json({ code: 21211, status: 400 }, { status: 400 }));
  const names = await heard(await bellsOf(count, unlucky));

  expect(names).toEqual(count === 1 ? WITH_FAILURES.filter((name) => name !== "insert logs") : WITH_FAILURES);
  expect(names.length).toBeLessThanOrEqual(7);
});

it("adds one for all recipients of a batch who have opted out", async () => {
  const optedOut = await newEnterprise();
  network.answer(optedOut.phone, () => Response.json({ code: 21610, status: 400 }, { status: 400 }));
  const names = await heard(await bellsOf(50, optedOut));

  expect(names.filter((name) => name !== "insert suppressions")).toEqual(WITH_FAILURES);
  expect(names).toHaveLength(8);
});

it("adds one for the trial of a resting gateway, and those of a review after it", async () => {
  const gateway = await newGateway();
  const enterprise = await enterpriseOn(gateway);
  await query(
    `UPDATE gateways SET health = 'poor', health_since = UTC_TIMESTAMP(3) - INTERVAL 61 SECOND,
       health_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE gateway_id = ?`,
    [gateway.id],
  );
  const { env: quiet, bells } = quietEnv();
  await postIn(quiet, updateOf(enterprise));
  const names = await heard({ quiet, bells });

  expect(names.filter((name) => !isOfHealth(name))).toEqual(ACCEPTED);
  expect(names.filter(isOfHealth)).toEqual([
    "update gateways",
    "review",
    "review",
    "review",
    "insert gateway_changes, gateways g",
    "update gateways g, gateway_changes c",
  ]);
});

it("adds those of a review when every call of a gateway failed", async () => {
  const gateway = await newGateway();
  const enterprise = await enterpriseOn(gateway);
  await attempted(gateway, [{ failed: true }, { failed: true }, { failed: true }, { failed: true }]);
  network.answer(enterprise.phone, () => Response.json({ code: 20429, status: 429 }, { status: 429 }));
  const { env: quiet, bells } = quietEnv();
  await postIn(quiet, updateOf(enterprise));
  const names = await heard({ quiet, bells });

  expect(names.filter((name) => !isOfHealth(name)).length).toBeLessThanOrEqual(7);
  expect(names.filter(isOfHealth)).toEqual([
    "review",
    "review",
    "review",
    "insert gateway_changes, gateways g",
    "update gateways g, gateway_changes c",
  ]);
});

function isOfHealth(name: string): boolean {
  return name === "review" || name.includes("gateways");
}

it("sends one statement for an update on a warm isolate, whatever is posted, and two on a cold one", async () => {
  const enterprise = await newEnterprise(["sms", "email", "whatsapp"]);
  const { env: quiet } = quietEnv();
  const posted = (set: Record<string, unknown>, headers?: Record<string, string>) =>
    namesOf(() => postIn(quiet, updateOf(enterprise, set), headers));

  expect(await posted({})).toEqual(["select", "insert deliveries"]);
  expect(await posted({})).toEqual(["insert deliveries"]);
  expect(await posted({ data: { carrier: "a", parts: [1, 2] } })).toEqual(["insert deliveries"]);
  expect(await posted({}, { "Idempotency-Key": unique("key") })).toEqual(["insert deliveries"]);
});

it("sends two statements for an update of a cold isolate at most, and three for a repeat", async () => {
  const enterprise = await newEnterprise(["sms", "email"]);
  const update = updateOf(enterprise);
  await postIn(quietEnv().env, update);

  expect(await namesOf(() => postIn(quietEnv().env, updateOf(enterprise)))).toHaveLength(2);
  expect(await namesOf(() => postIn(quietEnv().env, update))).toEqual([
    "select",
    "insert deliveries",
    "select deliveries",
  ]);
});

it.for([1, 10, 500])(
  "sends two statements for an array of %i updates, three where it knows no enterprise",
  async (count) => {
    const enterprises = await Promise.all(Array.from({ length: 10 }, () => newEnterprise(["sms", "email"])));
    const { env: quiet } = quietEnv();
    await postIn(quiet, updateOf(await newEnterprise()));
    const array = () =>
      Array.from({ length: count }, (_, index) => updateOf(enterprises[index % 10] as TestEnterprise));
    const repeated = array();

    expect((await namesOf(() => postIn(quiet, repeated))).toSorted()).toEqual([
      "insert deliveries",
      "select",
      "select deliveries",
    ]);
    expect(await namesOf(() => postIn(quiet, array()))).toEqual(["select deliveries", "insert deliveries"]);
    expect(await namesOf(() => postIn(quiet, repeated))).toEqual(["select deliveries"]);
  },
);

it("reads key and enterprise by one statement for an array of one enterprise as well", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const names = await namesOf(() => postIn(quietEnv().env, [updateOf(enterprise), updateOf(enterprise)]));

  expect(names).toEqual(["select", "select deliveries", "insert deliveries"]);
});
