import { defineConfig, type OxlintOverride } from "oxlint";

const plugins = ["eslint", "typescript", "unicorn", "oxc", "import"] as const;

interface TableRow {
  /** Globs of the files that the row is about. */
  files: string[];
  /** How many folders below src/ these files lie; files in a folder may always import from their own one. */
  depth: 0 | 1 | 2;
  /** Globs of packages, or of paths that begin with "src/". Of several that match, the last one decides; "!" refuses. */
  may: string[];
  /** Whether `import type { Services }` is allowed as well. */
  servicesType?: true;
  message: string;
}

/** A folder's row, once for its files and once for those of its subfolders. */
function folder(name: string, row: Pick<TableRow, "may" | "servicesType">, message: string): TableRow[] {
  return [
    { files: [`src/${name}/*.ts`], depth: 1, message, ...row },
    { files: [`src/${name}/*/*.ts`], depth: 2, message, ...row },
  ];
}

const leaves = ["src/clock.ts", "src/config.ts", "src/ids.ts", "src/invocation.ts", "src/log.ts"];

/** Who may import whom: the table of docs/architecture.md. Later rows win over earlier ones. */
const importTable: TableRow[] = [
  { files: ["src/**"], depth: 0, may: [], message: "No row of the import table in oxlint.config.ts covers this file." },
  ...folder("domain", { may: ["zod/mini"] }, "domain may import only zod/mini."),
  {
    files: ["src/domain/template-text.ts"],
    depth: 1,
    may: ["mustache"],
    message: "domain may import only zod/mini, and of mustache template-text.ts alone.",
  },
  ...folder("gateways", { may: ["src/domain/**"] }, "gateways may import only domain."),
  ...folder(
    "db",
    { may: ["src/domain/**", "drizzle-orm", "drizzle-orm/**", "@planetscale/database"] },
    "db may import only domain, drizzle-orm and @planetscale/database.",
  ),
  ...folder(
    "usecases",
    { may: ["src/domain/**"], servicesType: true },
    "usecases may import only domain and the type Services.",
  ),
  ...folder(
    "http",
    { may: ["src/domain/**", "src/usecases/**", "hono", "hono/**"], servicesType: true },
    "http may import only hono, usecases, domain and the type Services.",
  ),
  {
    files: ["src/queue/*.ts"],
    depth: 1,
    may: ["src/domain/**", "zod/mini", "!./consumer.ts"],
    message: "The queue's schema and producer may import only domain and zod/mini.",
  },
  {
    files: ["src/queue/consumer.ts"],
    depth: 1,
    may: ["src/domain/**", "src/usecases/**"],
    servicesType: true,
    message: "The queue's consumer may import only usecases, domain and the type Services.",
  },
  {
    files: ["src/services.ts"],
    depth: 0,
    may: [...leaves, "src/stores.ts", "src/{db,domain,gateways,queue,usecases}/**", "!./queue/consumer.ts"],
    message:
      "services may import only stores, usecases, gateways, db, the queue's producer, domain, clock, config, ids, invocation and log.",
  },
  {
    files: ["src/stores.ts"],
    depth: 0,
    may: ["src/{db,domain}/**"],
    message: "stores may import only db and domain.",
  },
  {
    files: ["src/index.ts"],
    depth: 0,
    may: [...leaves, "src/services.ts", "src/{http,queue}/**", "src/usecases/sweep.ts"],
    message: "index may import only http, queue, services, the sweep, clock, config, ids, invocation and log.",
  },
  {
    files: ["src/config.ts"],
    depth: 0,
    may: ["zod/mini", "src/domain/**"],
    message: "config may import only zod/mini and domain.",
  },
  { files: ["src/ids.ts"], depth: 0, may: ["uuidv7"], message: "ids may import only uuidv7." },
  {
    files: ["src/invocation.ts"],
    depth: 0,
    may: ["node:async_hooks", "src/log.ts"],
    message: "invocation may import only node:async_hooks and log.",
  },
  { files: ["src/log.ts"], depth: 0, may: ["src/domain/**"], message: "log may import only domain." },
  { files: ["src/clock.ts"], depth: 0, may: [], message: "clock may import nothing." },
];

/** A path that goes down and up again could dress up as an allowed one. */
const roundabout = ["./../**", "**/*[!.]/../**"];

function importOverride({ files, depth, may, servicesType, message }: TableRow): OxlintOverride {
  const toSrc = depth === 0 ? "./" : "../".repeat(depth);
  const own = ["./", "../"].slice(0, depth).map((up) => `!${up}**`);
  const given = (servicesType ? [...may, "src/services.ts"] : may).map((glob) =>
    glob.startsWith("!") ? glob.slice(1) : `!${glob.replace(/^src\//, toSrc)}`,
  );
  // Two entries, because a name is either restricted to types or to a list of names, never to both at once.
  const services = { name: `${toSrc}services.ts`, message };
  const paths = [
    { ...services, allowTypeImports: true },
    { ...services, allowImportNames: ["Services"] },
  ];
  return {
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: servicesType ? paths : [],
          patterns: [{ group: ["**", ...own, `${toSrc}**`, ...given, ...roundabout], message }],
        },
      ],
    },
  };
}

export default defineConfig({
  plugins: [...plugins],
  categories: { correctness: "error", suspicious: "error" },
  options: { typeAware: true, reportUnusedDisableDirectives: "error" },
  ignorePatterns: ["migrations/", "worker-configuration.d.ts"],
  rules: {
    // Nothing floats, nothing is swallowed.
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/return-await": ["error", "error-handling-correctness-only"],
    "typescript/only-throw-error": "error",
    "no-empty": "error",

    // Types say what is true, and an exception to a rule says why.
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/ban-ts-comment": ["error", { "ts-expect-error": "allow-with-description" }],
    "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
    "unicorn/no-abusive-eslint-disable": "error",
    // The compiler sees to returns, knows which switches are exhaustive, and `as` narrows what a look-up table proves.
    "consistent-return": "off",
    "typescript/no-unsafe-type-assertion": "off",
    // Spreading a string counts code points, which is what limits and SMS segments are about.
    "typescript/no-misused-spread": ["error", { allow: ["string"] }],
    // A small function next to its only use reads better than one further away.
    "unicorn/consistent-function-scoping": "off",

    // Named exports, imports in plain sight, no barrels.
    "typescript/consistent-type-imports": "error",
    "typescript/no-import-type-side-effects": "error",
    "import/no-default-export": "error",
    "import/no-cycle": "error",
    "import/no-commonjs": "error",
    "import/no-dynamic-require": ["error", { esmodule: true }],
    "oxc/no-barrel-file": ["error", { threshold: 0 }],
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
  },
  overrides: [
    {
      files: [
        "src/index.ts",
        "*.config.ts",
        "dev/faults/parts/bell-queues.js",
        "bench/contenders/*.ts",
        "bench/parts/front.js",
      ],
      rules: { "import/no-default-export": "off" },
    },
    { files: ["src/**", "dev/**", "bench/**"], rules: { "max-lines": ["warn", { max: 200 }] } },
    { files: ["src/**"], excludeFiles: ["src/log.ts"], rules: { "no-console": "error" } },
    {
      // In src a new outcome must not fall into a default unseen; elsewhere a default says what it means.
      files: ["dev/**", "test/**", "bench/**"],
      rules: { "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }] },
    },
    {
      files: ["test/**"],
      plugins: [...plugins, "vitest"],
      rules: {
        "vitest/no-focused-tests": "error",
        "vitest/no-disabled-tests": "error",
        "vitest/no-identical-title": "error",
        "vitest/expect-expect": "error",
      },
    },
    ...importTable.map(importOverride),
    {
      files: ["dev/**", "bench/**"],
      rules: {
        "no-restricted-imports": [
          "error",
          {
            patterns: [
              {
                group: [
                  "**/src/**",
                  "!**/src/{domain,gateways}/**",
                  "!**/src/db/schema{,-deliveries}.ts",
                  "**/*[!.]/../**",
                ],
                message: "dev and bench may import only src/domain, src/gateways and the schema of the Worker.",
              },
            ],
          },
        ],
      },
    },
  ],
});
