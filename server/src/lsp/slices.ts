// Long work in slices between requests, so that no keystroke waits for it. Knows nothing of the work.

/** No request waits longer than this, in milliseconds, and the longest step. */
const SLICE = 8;

/**
 * Runs the steps of a work, with whatever else the server has to do between the slices.
 * @param pause called after each slice; true ends the work there
 * @returns what the work returns; undefined when it was ended
 */
export async function inSlices<T>(work: Iterator<unknown, T>, pause: () => boolean): Promise<T | undefined> {
  for (;;) {
    const end = performance.now() + SLICE;
    do {
      const { done, value } = work.next();
      if (done === true) return value as T;
    } while (performance.now() < end);
    await new Promise((resolve) => setImmediate(resolve));
    if (pause()) return undefined;
  }
}
