import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

interface Plant {
  file: string;
  /** Modules to import, or whole statements. */
  allowed: string[];
  refused: string[];
}

const servicesAsType = (path: string) => `import type { Services } from "${path}"`;
const servicesAsValue = (path: string) => `import { createServices } from "${path}"`;
const otherTypeOfServices = (path: string) => `import type { Wiring } from "${path}"`;

const plants: Plant[] = [
  {
    file: "src/domain/plan.ts",
    allowed: ["zod/mini", "./lane.ts"],
    refused: [
      "zod",
      "hono",
      "node:crypto",
      "cloudflare:workers",
      "../db/schema.ts",
      "../gateways/adapter.ts",
      "../usecases/deliver-batch.ts",
      "../queue/bell.ts",
      "../http/routes.ts",
      "../config.ts",
      "../log.ts",
      servicesAsType("../services.ts"),
      'import type { Row } from "../db/schema.ts"',
      'export { send } from "../gateways/send.ts"',
      'export const later = import("../db/open.ts")',
      "./../db/claim.ts",
      "./lane/../../db/load.ts",
      "../../dev/cloud.ts",
      "../../test/fakes.ts",
    ],
  },
  {
    file: "src/gateways/adapter.ts",
    allowed: ["../domain/lane.ts", "./retry-after.ts", "./twilio/send.ts"],
    refused: ["zod", "twilio", "../db/schema.ts", "../queue/bell.ts", "../config.ts", "../domain/../db/open.ts"],
  },
  {
    file: "src/gateways/twilio/send.ts",
    allowed: ["../../domain/lane.ts", "../adapter.ts", "./errors.ts"],
    refused: [
      "zod",
      "../../db/schema.ts",
      "../../log.ts",
      servicesAsType("../../services.ts"),
      "../../../dev/cloud.ts",
    ],
  },
  {
    file: "src/db/claim.ts",
    allowed: ["../domain/lane.ts", "./schema.ts", "drizzle-orm", "drizzle-orm/mysql-core", "@planetscale/database"],
    refused: ["zod", "node:fs", "../gateways/adapter.ts", "../usecases/sweep.ts", "../queue/bell.ts"],
  },
  {
    file: "src/queue/producer.ts",
    allowed: ["../domain/lane.ts", "./bell.ts"],
    refused: ["../db/schema.ts", "../usecases/sweep.ts", "./consumer.ts", servicesAsType("../services.ts")],
  },
  {
    file: "src/queue/bell.ts",
    allowed: ["../domain/lane.ts"],
    refused: ["hono", "../db/schema.ts", "./consumer.ts"],
  },
  {
    file: "src/queue/consumer.ts",
    allowed: ["../domain/lane.ts", "../usecases/sweep.ts", "./bell.ts", servicesAsType("../services.ts")],
    refused: ["../db/schema.ts", servicesAsValue("../services.ts"), otherTypeOfServices("../services.ts")],
  },
  {
    file: "src/usecases/sweep.ts",
    allowed: ["../domain/lane.ts", "./deliver-batch.ts", servicesAsType("../services.ts")],
    refused: [
      "hono",
      "drizzle-orm",
      "../db/schema.ts",
      "../gateways/adapter.ts",
      "../queue/producer.ts",
      "../http/routes.ts",
      "../log.ts",
      servicesAsValue("../services.ts"),
      otherTypeOfServices("../services.ts"),
      'export * from "../services.ts"',
    ],
  },
  {
    file: "src/http/problem.ts",
    allowed: ["hono", "hono/factory", "../domain/lane.ts", "../usecases/sweep.ts", servicesAsType("../services.ts")],
    refused: ["../db/schema.ts", "../gateways/adapter.ts", "../queue/producer.ts", servicesAsValue("../services.ts")],
  },
  {
    file: "src/http/routes/orders.ts",
    allowed: ["hono", "../problem.ts", "../../usecases/sweep.ts", servicesAsType("../../services.ts")],
    refused: ["../../db/schema.ts", servicesAsValue("../../services.ts")],
  },
  {
    file: "src/services.ts",
    allowed: [
      "./config.ts",
      "./ids.ts",
      "./log.ts",
      "./domain/lane.ts",
      "./gateways/twilio/send.ts",
      "./db/open.ts",
      "./queue/producer.ts",
      "./usecases/sweep.ts",
      "./stores.ts",
    ],
    refused: ["hono", "drizzle-orm", "./http/routes.ts", "./queue/consumer.ts", "./index.ts", "../dev/cloud.ts"],
  },
  {
    file: "src/stores.ts",
    allowed: ["./db/claim.ts", "./domain/lane.ts"],
    refused: ["drizzle-orm", "./gateways/adapter.ts", "./usecases/sweep.ts", "./config.ts", "./services.ts"],
  },
  {
    file: "src/index.ts",
    allowed: [
      "./http/routes.ts",
      "./queue/consumer.ts",
      "./services.ts",
      "./config.ts",
      "./log.ts",
      "./usecases/sweep.ts",
    ],
    refused: ["hono", "./db/open.ts", "./usecases/deliver-batch.ts", "./gateways/adapter.ts", "./domain/lane.ts"],
  },
  {
    file: "src/config.ts",
    allowed: ["zod/mini", "./domain/lane.ts"],
    refused: ["./log.ts", "./services.ts", "node:process"],
  },
  { file: "src/ids.ts", allowed: ["uuidv7"], refused: ["./config.ts", "node:crypto"] },
  { file: "src/log.ts", allowed: ["./domain/lane.ts"], refused: ["zod", "./config.ts"] },
  { file: "src/clock.ts", allowed: [], refused: ["./domain/lane.ts", "./log.ts"] },
  { file: "src/reports/daily.ts", allowed: [], refused: ["zod", "../domain/lane.ts"] },
  {
    file: "dev/sandbox/twilio.ts",
    allowed: [
      "node:http",
      "../cloud.ts",
      "../../src/domain/lane.ts",
      "../../src/gateways/twilio/send.ts",
      "../../src/db/schema.ts",
    ],
    refused: [
      "../../src/db/open.ts",
      "../../src/services.ts",
      "../../src/usecases/sweep.ts",
      "../../src/http/routes.ts",
    ],
  },
];

const root = join(import.meta.dirname, "../..");
let house: string;
let reported: Map<string, string[]>;

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "notify-api-lint-"));
  copyFileSync(join(root, "oxlint.config.ts"), join(house, "oxlint.config.ts"));
  symlinkSync(join(root, "node_modules"), join(house, "node_modules"));
  for (const plant of plants) {
    mkdirSync(dirname(join(house, plant.file)), { recursive: true });
    writeFileSync(join(house, plant.file), lines(plant).map(statement).join("\n"));
  }
  reported = forbiddenImports();
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

test.each(plants)("the linter keeps the import table in $file", (plant) => {
  expect(reported.get(plant.file) ?? []).toEqual(plant.refused);
});

function lines(plant: Plant): string[] {
  return [...plant.allowed, ...plant.refused];
}

function statement(line: string, index: number): string {
  return /^(import|export) /.test(line) ? `${line};` : `import * as module${index} from "${line}";`;
}

/** What no-restricted-imports says of the planted files: the refused lines of each, from top to bottom. */
function forbiddenImports(): Map<string, string[]> {
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  const run = spawnSync(process.execPath, [oxlint, "--format", "json", "src", "dev"], { cwd: house, encoding: "utf8" });
  const { diagnostics } = JSON.parse(run.stdout) as {
    diagnostics: { code: string; filename: string; labels: { span: { line: number } }[] }[];
  };
  const found = new Map<string, Set<number>>();
  for (const { code, filename, labels } of diagnostics) {
    if (code !== "eslint(no-restricted-imports)") continue;
    const numbers = found.get(filename) ?? new Set();
    for (const { span } of labels) numbers.add(span.line);
    found.set(filename, numbers);
  }
  return new Map(plants.map((plant) => [plant.file, lines(plant).filter((_, i) => found.get(plant.file)?.has(i + 1))]));
}
