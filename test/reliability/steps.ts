// How many steps a piece of work takes: how often the blocks of the product's code are run, as V8 counts them. Unlike time, it is the same in every run.
// Knows nothing of the work; what built-in functions do inside does not count.
import type { Profiler } from "node:inspector";
import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";

/** Runs pieces of work one after another with V8 counting, and tells the steps of each. Nothing else may run in the meantime. */
export function stepsOf(...works: readonly (() => void)[]): number[] {
  const session = new Session();
  // What is optimised in the meantime would not be counted.
  setFlagsFromString("--no-opt");
  session.connect();
  const steps: number[] = [];
  session.post("Profiler.enable");
  // To begin takes longer than to count, and each take begins anew.
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  try {
    for (const work of works) {
      work();
      session.post("Profiler.takePreciseCoverage", (error, taken) => {
        if (error) throw error;
        steps.push(stepsIn(taken.result));
      });
    }
  } finally {
    session.post("Profiler.stopPreciseCoverage");
    session.post("Profiler.disable");
    session.disconnect();
    setFlagsFromString("--opt");
  }
  return steps;
}

function stepsIn(counted: readonly Profiler.ScriptCoverage[]): number {
  const ours = counted.filter(({ url }) => /[\\/]out[\\/](?:core|server)[\\/]/.test(url));
  return ours.reduce((sum, { functions }) => sum + functions.reduce((all, { ranges }) => all + ranges.reduce((count, range) => count + range.count, 0), 0), 0);
}
