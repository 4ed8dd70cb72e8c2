import { createRequire } from "node:module";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** Workers that do a part of what ours does and nothing else: each file of `contenders/`. */
export type Contender = "hono" | "insert" | "fetch" | "empty";

type Esbuild = { build: (options: object) => Promise<unknown> };

/** Bundles a contender minified, as ours is, by the esbuild that wrangler brings. `file`: where to. */
export async function bundleContender(name: Contender, file: string): Promise<void> {
  const ofWrangler = createRequire(createRequire(join(ROOT, "package.json")).resolve("wrangler/package.json"));
  const { build } = ofWrangler("esbuild") as Esbuild;
  await build({
    entryPoints: [join(import.meta.dirname, `contenders/${name}.ts`)],
    outfile: file,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    logLevel: "error",
  });
}
