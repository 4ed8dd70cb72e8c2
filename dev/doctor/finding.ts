/** One thing that the doctor has seen. `error`: something will not work; `warning`: something is left out. */
export type Finding = {
  level: "error" | "warning" | "good";
  /** The setting or the place that it is about. */
  about: string;
  /** What is so, in words; never a value. */
  what: string;
  /** What to do about it; empty where all is well. */
  advice: string;
};

export type Settings = Readonly<Record<string, string | undefined>>;

export const good = (about: string, what: string): Finding => ({ level: "good", about, what, advice: "" });
export const error = (about: string, what: string, advice: string): Finding => ({
  level: "error",
  about,
  what,
  advice,
});
export const warning = (about: string, what: string, advice: string): Finding => ({
  level: "warning",
  about,
  what,
  advice,
});
