/** When a provider call has to have ended: `reached` resolves with null then, and `signal` is aborted. */
export type CallEnding = { reached: Promise<null>; signal: AbortSignal };
