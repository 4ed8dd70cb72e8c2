/**
 * Every duration that the delivery protocol runs on, in ms. They belong together: a lease outlasts a call, a
 * look-up comes after the lease. The setting `TIMES` changes some of them, so that a whole day of faults can
 * be played in minutes.
 */
export const DEFAULT_TIMES = {
  /** A claim holds its deliveries for this long, counted by the database's clock. */
  lease: 60_000,
  /** Longest time that one provider call may take, from its start to the end of its answer. */
  callTimeout: 10_000,
  /** Results are recorded at least this often while calls go on. */
  recordEvery: 5_000,
  /** Bells wait this long for others of the same isolate, to be rung together; where some came, that much longer. */
  gatherBells: 5,
  gatherBellsLonger: 20,
  /** A row is silent when nobody has claimed it this long after it became due. */
  silentAfter: 10_000,
  /** How long the sweep waits before it rings a silent row again; doubling up to `ringAgainLongest`. */
  ringAgain: 60_000,
  ringAgainLongest: 1_800_000,
  /** The first retry comes within this time; doubling up to `retryLongest`. */
  retry: 5_000,
  retryLongest: 1_800_000,
  /** The shortest wait before a retry. */
  retryShortest: 1_000,
  /** The longest wait that a provider may ask for. */
  retryAfterLongest: 3_600_000,
  /** A delivery that has to let another go first is looked at again after this time. */
  waitForSibling: 2_000,
  /** An older status gives way to a newer one after it has waited this long. */
  givesWay: 60_000,
  /** A delivery is dropped as expired when it could not be sent within this time of its acceptance. */
  expires: 86_400_000,
  /** An ambiguous delivery is held this long for proof before the enterprise's policy decides. */
  hold: 3_600_000,
  /** The first look-up comes this long after the end of the attempt's lease, the next ones this far apart. */
  lookAgain: 60_000,
  /** Silence of an event webhook about one message proves its absence after this time. */
  eventsSilent: 900_000,
  /** A sent message without any receipt is looked up once after this time. */
  receiptLate: 86_400_000,
  /** The health of a gateway is judged by the attempts of this time. */
  healthWindow: 60_000,
  /** A gateway that failed rests for this long, then gets one trial. */
  healthRest: 60_000,
  /** While bells of silent rows are on their way, this long passes until it is seen whether they were heard. */
  ringLook: 500,
  /** One cron run sweeps this often. */
  sweepEvery: 5_000,
  /** One cron run begins no portion of the purge after this time, so that the last one ends before the next run. */
  purge: 50_000,
};

export type Times = typeof DEFAULT_TIMES;

/** A claim's deliveries are called within this time of the claim, in ms; the rest is given back. */
export function callWindow({ lease, callTimeout }: Times): number {
  return lease - callTimeout;
}
