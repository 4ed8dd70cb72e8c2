import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROUTES } from "../../../src/http/app.ts";

type Described = { security: { key?: string[]; signature?: string[] }[] };

const { paths } = JSON.parse(readFileSync(join(import.meta.dirname, "../../../public/openapi.json"), "utf8")) as {
  paths: Record<string, Record<string, Described>>;
};

const described = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
);

const routes = ROUTES.map(({ method, path, access }) => ({
  route: `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`,
  access,
}));

test("every route is described in dev/openapi/groups, and nothing else is", () => {
  const names = described.map(({ route }) => route);
  expect(names.toSorted()).toEqual(routes.map(({ route }) => route).toSorted());
});

test.each(routes)("$route is described with the access that it really has", ({ route, access }) => {
  const security = described.find((one) => one.route === route)?.operation.security;
  expect(security).toEqual(access === "open" ? [] : [access === "signed" ? { signature: [] } : { key: [access] }]);
});
