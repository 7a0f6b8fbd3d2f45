// npm run bench: measures against floors in the same run, interleaved, and prints one table. Times are CPU time of this process, medians.
// Machines are noisy: read the ratios. No test depends on any of it.
import { parseTree } from "jsonc-parser";
import { Plan, platformFile, rules, runRules } from "../../core/src/index";
import { parseJsonc } from "../../server/src/jsonc/parse";
import { readRecord } from "../../server/src/jsonc/read";
import { Source } from "../../server/src/jsonc/source";
import { checkText } from "../../server/src/workspace/check";
import { manyRegions, nestedRegions, withoutComments } from "./documents";

interface Subject {
  readonly name: string;
  readonly run: () => unknown;
}

function main(): void {
  if (!globalThis.gc) throw new Error("run with node --expose-gc");
  const sizes = process.argv.includes("--quick") ? [1_000, 10_000] : [1_000, 10_000, 100_000];
  for (const regions of sizes) measureDocument(regions);
  measureOverlaps();
  measureMemory(10_000);
}

function measureDocument(regions: number): void {
  const text = manyRegions(regions);
  const bare = withoutComments(text);
  const edited = oneCharacterEdits(text);
  let edit = 0;
  const subjects: Subject[] = [
    { name: "F1: JSON.parse without comments", run: () => JSON.parse(bare) as unknown },
    { name: "F2: jsonc-parser's parseTree", run: () => parseTree(text) },
    { name: "parse with positions and recovery", run: () => parseJsonc(text) },
    { name: "full diagnostics", run: () => checkText("large.platform.jsonc", text) },
    { name: "one-character edit to diagnostics", run: () => checkText("large.platform.jsonc", edited[edit++ % edited.length] ?? text) },
  ];
  const medians = measure(subjects, Math.max(5, Math.min(41, Math.floor(600_000 / regions))));
  const [f1 = 1, f2 = 1] = medians;
  console.log(`\n${regions.toLocaleString("en")} regions, ${(text.length / 1024).toFixed(0)} KiB, ${checkText("large.platform.jsonc", text).findings.length} findings`);
  printTable(["", "CPU ms", "÷ F1", "÷ F2"], subjects.map(({ name }, i) => [name, fixed(medians[i]), fixed((medians[i] ?? 0) / f1), fixed((medians[i] ?? 0) / f2)]));
}

function measureOverlaps(): void {
  const flat = planOf(manyRegions(100_000));
  const nested = planOf(nestedRegions(20_000));
  const subjects: Subject[] = [
    { name: "all pairs, 100,000 side by side", run: () => [...flat.physical.pairs()].length },
    { name: "all pairs, 20,000 nested in each other (capped)", run: () => [...nested.physical.pairs()].length },
  ];
  const medians = measure(subjects, 9);
  console.log("\noverlapping pairs of a sorted map");
  printTable(["", "CPU ms", "ns a region"], subjects.map(({ name }, i) => [name, fixed(medians[i]), fixed(((medians[i] ?? 0) * 1e6) / (i === 0 ? 100_000 : 20_000))]));
}

function measureMemory(regions: number): void {
  const text = manyRegions(regions);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const checked = checkText("large.platform.jsonc", text);
  globalThis.gc?.();
  const after = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  console.log(`\nmemory over the text: ${((after - before) / regions).toFixed(0)} bytes a region (${checked.findings.length} findings)`);
}

function planOf(text: string): Plan {
  const source = new Source("x" as never, text);
  const reading = readRecord(source, platformFile);
  if (!reading.value) throw new Error("the document cannot be read");
  const plan = new Plan({ platform: reading.value, problems: reading.problems, names: reading.names });
  runRules(rules.slice(0, 0), plan);
  return plan;
}

/** Variants of the text in which one digit of one region's base differs. */
function oneCharacterEdits(text: string): string[] {
  return [0.1, 0.5, 0.9].map((part) => {
    const at = text.indexOf("_0000\", \"size", Math.floor(text.length * part)) + 1;
    return text.slice(0, at) + "1" + text.slice(at + 1);
  });
}

/** Interleaved, so that a slow moment of the machine falls on all; medians in milliseconds of CPU time. */
function measure(subjects: readonly Subject[], rounds: number): number[] {
  const times = subjects.map((): number[] => []);
  for (let round = -2; round < rounds; round++) {
    subjects.forEach(({ run }, i) => {
      globalThis.gc?.({ type: "minor" }); // so that nobody pays for another's garbage
      run();
      const before = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times[i]?.push((user + system) / 1000);
    });
  }
  return times.map((one) => one.sort((a, b) => a - b)[one.length >> 1] ?? NaN);
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  for (const row of [head, ...rows]) console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart((widths[i] ?? 0) + 2))).join(""));
}

function fixed(value: number | undefined): string {
  return (value ?? NaN).toFixed(2);
}

main();
