import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { APP_ERRORS } from "../../../src/domain/app-error.ts";
import { RESTING_STATES, UNPROVEN_STATES } from "../../../src/domain/delivery.ts";
import { SKIP_REASONS } from "../../../src/domain/skip.ts";
import { channelGatewayRoutes } from "../../../src/http/channel-gateways.ts";
import { healthRoutes } from "../../../src/http/health.ts";
import { orderUpdateRoutes } from "../../../src/http/order-updates.ts";
import { readingRoutes } from "../../../src/http/reading.ts";
import { redriveRoutes } from "../../../src/http/redrive.ts";

const ROOT = join(import.meta.dirname, "../../..");
const PAGES = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT })];

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The first cells of all tables of a page, as one text. */
const firstCells = (page: string): string =>
  [...page.matchAll(/^\|([^|]*)\|/gm)].map(([, cell = ""]) => cell).join("\n");

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
  const headings = [...page.replace(/^ *```.*?^ *```/gms, "").matchAll(/^#+ (.*)$/gm)];
  return headings.map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(PAGES)("every link of %s leads somewhere", (path) => {
  const broken = [...read(path).matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)].filter(
    ([, file = "", anchor = ""]) => {
      const target = file === "" ? path : join(dirname(path), file);
      return !existsSync(join(ROOT, target)) || (anchor !== "" && !anchors(read(target)).includes(anchor));
    },
  );
  expect(broken.map(([link]) => link)).toEqual([]);
});

/** What is not the name of a row in any table of the page. */
const lacking = (path: string, names: string[]): string[] => {
  const cells = firstCells(read(path));
  return names.filter((name) => !cells.includes(`\`${name}\``));
};

test("README.md has a row for every command", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const commands = Object.keys(scripts).filter((name) => name !== "test" && !name.startsWith("pre"));
  expect(lacking("README.md", ["npm test", ...commands.map((name) => `npm run ${name}`)])).toEqual([]);
});

test("README.md has a row for every setting", () => {
  const settings = Object.keys(readConfig({ DATABASE_URL: "https://db.test", PUBLIC_URL: "https://notify.test" }));
  expect(lacking("README.md", settings)).toEqual([]);
});

test("README.md has a row for every error, with its status", () => {
  const rows = Object.entries(APP_ERRORS).filter(
    ([code, { status }]) => !new RegExp(`^\\| ${status} +\\| \`${code}\``, "m").test(read("README.md")),
  );
  expect(rows).toEqual([]);
});

test("README.md has a row for every route, but for the callbacks, whose rows name the providers", () => {
  const routes = [...orderUpdateRoutes, ...channelGatewayRoutes, ...redriveRoutes, ...readingRoutes, ...healthRoutes];
  const names = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  expect(lacking("README.md", names)).toEqual([]);
});

test("reliability.md has a row for every state, and for every code of a skip", () => {
  const states = [...RESTING_STATES, ...UNPROVEN_STATES, "queued"];
  expect(lacking("docs/reliability.md", [...states, ...Object.keys(SKIP_REASONS)])).toEqual([]);
});

test("testing.md has a row for every test file", () => {
  const files = globSync("*/**/*.test.ts", { cwd: join(ROOT, "test") });
  const names = files.map((file) => file.replace(/^[^/]+\/(.*)\.test\.ts$/, "$1"));
  expect(lacking("docs/testing.md", names)).toEqual([]);
});
