/** Virtual time and everything that is to happen in it. Nothing in a run waits for anything else. */
export type Scheduler = {
  /** Ms since the epoch. */
  now: () => number;
  /** Lets `run` happen `ms` from now. */
  after: (ms: number, run: () => void) => void;
  /** When the next thing happens; infinite when nothing is left. */
  nextAt: () => number;
  /** Lets the next thing happen, with all that follows from it at that instant. */
  step: () => Promise<void>;
  /** Moves the clock on to an instant before which nothing happens. */
  moveTo: (instant: number) => void;
};

type Happening = { at: number; order: number; run: () => void };

/** `random` in [0, 1) decides what comes first of what happens in the same millisecond. */
export function createScheduler(start: number, random: () => number): Scheduler {
  let now = start;
  const heap: Happening[] = [];
  return {
    now: () => now,
    after: (ms, run) => push(heap, { at: now + Math.max(0, Math.round(ms)), order: random(), run }),
    nextAt: () => heap[0]?.at ?? Infinity,
    step: async () => {
      const next = pop(heap);
      if (!next) return;
      now = next.at;
      next.run();
      await everythingSettled();
    },
    moveTo: (instant) => {
      now = Math.max(now, Math.round(instant));
    },
  };
}

/** A tick that is asked for among microtasks comes when none is left: every promise that can go on has gone on. */
function everythingSettled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Happening[], item: Happening): void {
  let index = heap.length;
  heap.push(item);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (!above || !isBefore(item, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = item;
}

function pop(heap: Happening[]): Happening | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (!top || !last || heap.length === 0) return top;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    let below = heap[child];
    const right = heap[child + 1];
    if (right && below && isBefore(right, below)) {
      child += 1;
      below = right;
    }
    if (!below || !isBefore(below, last)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
  return top;
}
