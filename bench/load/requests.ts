import type { LoadOrder } from "./order.ts";

/** Gives one HTTP request after the other, as text; undefined when there are no more bodies. */
export type Requests = { next: () => string | undefined; used: () => number };

export function createRequests({ url, headers, bodies }: LoadOrder): Requests {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({ host, "content-type": "application/json", ...headers });
  const head = `POST ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}`;
  let used = 0;
  const nextBody = (): string | undefined => {
    if (bodies.kind === "listed") return bodies.bodies[used];
    const number = bodies.wrapAt === undefined ? used : used % bodies.wrapAt;
    const template = bodies.templates[number % bodies.templates.length] ?? "";
    return template.replaceAll("{id}", `${bodies.prefix}${number}`);
  };
  return {
    next: () => {
      const body = nextBody();
      if (body === undefined) return undefined;
      used += 1;
      return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    },
    used: () => used,
  };
}
