import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "mysql",
  schema: ["./src/db/schema.ts", "./src/db/schema-deliveries.ts", "./src/db/schema-plain.ts"],
  out: "./migrations",
});
