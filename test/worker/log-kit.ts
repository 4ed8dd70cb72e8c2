import { vi } from "vitest";

const LEVELS = ["log", "info", "warn", "error", "debug"] as const;

/** Keeps everything that is printed from now on, instead of printing it. */
export function captureConsole() {
  const lines: string[] = [];
  const keep = (...parts: unknown[]) => void lines.push(parts.map(String).join(" "));
  const spies = LEVELS.map((level) => vi.spyOn(console, level).mockImplementation(keep));
  return {
    lines,
    /** The lines of one event, read. */
    of: (event: string) => lines.map(read).filter((line) => line["event"] === event),
    release: () => spies.forEach((spy) => spy.mockRestore()),
  };
}

export type Captured = ReturnType<typeof captureConsole>;

function read(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}
