import type { Placed } from "./document.ts";

/** An example as a command for a shell, with the address in `$U` and the key in `$K`. */
export function curl({ method, path, operation }: Placed, example: string): string {
  const { parameters = [], requestBody, security } = operation;
  const valueOf = (name: string, place: string) =>
    parameters.find((one) => one.in === place && one.name === name)?.examples?.[example]?.value;
  const named = (place: string) =>
    parameters
      .filter((one) => one.in === place)
      .flatMap(({ name }): [string, string][] => {
        const value = valueOf(name, place);
        return value === undefined ? [] : [[name, value]];
      });
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(name, "path") ?? name));
  const query = new URLSearchParams(named("query")).toString();
  const body = requestBody?.content["application/json"]?.examples?.[example]?.value;
  return [
    `curl${method === "GET" ? "" : ` -X ${method}`} "$U${filled}${query === "" ? "" : `?${query}`}"`,
    ...(security[0]?.["key"] === undefined ? [] : ['-H "Authorization: Bearer $K"']),
    ...named("header").map(([name, value]) => `-H '${name}: ${value}'`),
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(body).replaceAll("'", String.raw`'\''`)}'`]),
  ].join(" \\\n  ");
}
