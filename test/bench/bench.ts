// npm run bench: measures against floors in the same run, in turns, and prints one table. Times are CPU time, medians. Each subject runs in a process of its own,
// so that nobody pays for another's garbage. Machines are noisy: read the ratios. No test depends on any of it.
import { spawnSync } from "node:child_process";
import { parseTree } from "jsonc-parser";
import { Plan, platformFile, rules, runRules } from "../../core/src/index";
import { parseJsonc } from "../../server/src/jsonc/parse";
import { readRecord } from "../../server/src/jsonc/read";
import { Source } from "../../server/src/jsonc/source";
import { checkText } from "../../server/src/workspace/check";
import { measureGuest } from "./guests";
import { manyRegions, nestedRegions, withoutComments } from "./documents";
import { measureServers } from "./servers";

interface Subject {
  readonly name: string;
  readonly run: () => unknown;
}

const ROUNDS = 3;

async function main(): Promise<void> {
  if (!globalThis.gc) throw new Error("run with node --expose-gc");
  const [subject, regions] = process.argv.slice(process.argv.indexOf("--subject") + 1).map(Number);
  if (process.argv.includes("--subject")) return console.log(medianOf(subjectsOf(regions ?? 0)[subject ?? 0]?.run ?? (() => undefined), Math.max(9, Math.min(61, Math.floor(600_000 / (regions ?? 1))))));
  const sizes = process.argv.includes("--quick") ? [1_000, 10_000] : [1_000, 10_000, 100_000];
  for (const size of sizes) measureDocument(size);
  measureOverlaps();
  measureMemory(10_000);
  const { read, place, relax, banks, check, simulation, fleet } = measureGuest(1000);
  console.log(`\na guest and 1,000 hosts: read ${fixed(read)} ms, placed in ${banks} banks ${fixed(place)} ms, smallest relaxations of one that clashes ${fixed(relax)} ms,\n  read and checked by all rules with a device to add on each ${fixed(check)} ms, start, migration and hot-plug ${fixed(simulation)} ms, the fleet read and reported ${fixed(fleet)} ms`);
  if (process.platform === "linux") await measureServers(10_000);
}

function subjectsOf(regions: number): Subject[] {
  const text = manyRegions(regions);
  const bare = withoutComments(text);
  const edits = oneCharacterEdits(text).flatMap((edited) => [edited, text]);
  let [before, edit] = [checkText("large.platform.jsonc", text), 0];
  return [
    { name: "F1: JSON.parse without comments", run: () => JSON.parse(bare) as unknown },
    { name: "F2: jsonc-parser's parseTree", run: () => parseTree(text) },
    { name: "parse with positions and recovery", run: () => parseJsonc(text) },
    { name: "full diagnostics", run: () => checkText("large.platform.jsonc", text) },
    { name: "one-character edit to diagnostics", run: () => (before = checkText("large.platform.jsonc", edits[edit++ % edits.length] ?? text, { before })) },
  ];
}

function measureDocument(regions: number): void {
  const subjects = subjectsOf(regions);
  const times = subjects.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) subjects.forEach((_, index) => times[index]?.push(inOwnProcess(index, regions)));
  const medians = times.map(middle);
  const [f1 = 1, f2 = 1] = medians;
  const text = manyRegions(regions);
  console.log(`\n${regions.toLocaleString("en")} regions, ${(text.length / 1024).toFixed(0)} KiB, ${checkText("large.platform.jsonc", text).findings.length} findings`);
  printTable(["", "CPU ms", "÷ F1", "÷ F2"], subjects.map(({ name }, i) => [name, fixed(medians[i]), fixed((medians[i] ?? 0) / f1), fixed((medians[i] ?? 0) / f2)]));
}

function inOwnProcess(subject: number, regions: number): number {
  const { stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, __filename, "--subject", String(subject), String(regions)], { encoding: "utf8" });
  const time = Number(stdout);
  if (stdout.trim() === "" || Number.isNaN(time)) throw new Error(`subject ${subject} failed: ${stderr}`);
  return time;
}

function measureOverlaps(): void {
  // Where no two share a byte nothing is looked through, so the first reaches into the second.
  const flat = planOf(manyRegions(100_000).replace('"64K"', '"256K"'));
  const nested = planOf(nestedRegions(20_000));
  const subjects: Subject[] = [
    { name: "all pairs, 100,000 side by side", run: () => [...flat.physical.pairs()].length },
    { name: "all pairs, 20,000 nested in each other (capped)", run: () => [...nested.physical.pairs()].length },
  ];
  const medians = measure(subjects, 9);
  console.log("\noverlapping pairs of a sorted map");
  printTable(["", "CPU ms", "ns a region"], subjects.map(({ name }, i) => [name, fixed(medians[i]), fixed(((medians[i] ?? 0) * 1e6) / (i === 0 ? 100_000 : 20_000))]));
}

/** Of five documents, each with a text of its own that is there before; the first are warm-up. */
function measureMemory(regions: number): void {
  const kept: unknown[] = [];
  const used = (): number => {
    for (let i = 0; i < 5; i++) globalThis.gc?.();
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  };
  const sizes = Array.from({ length: 8 }, (_, index) => {
    // Read from bytes, a text is one piece of memory, as it is when it comes over the wire.
    const text = Buffer.from(manyRegions(regions) + "\n".repeat(index)).toString("latin1");
    const before = used();
    kept.push(text, checkText("large.platform.jsonc", text));
    return (used() - before) / regions;
  });
  console.log(`\nmemory over the text: ${middle(sizes.slice(3)).toFixed(0)} bytes a region`);
}

function planOf(text: string): Plan {
  const source = new Source("x" as never, text);
  const reading = readRecord(source, platformFile);
  if (!reading.value) throw new Error("the document cannot be read");
  const plan = new Plan({ value: reading.value, problems: reading.problems, names: reading.names, expressions: [] });
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

/** Medians in milliseconds of CPU time, those of the garbage collector's threads included. */
function measure(subjects: readonly Subject[], repetitions: number): number[] {
  return subjects.map(({ run }) => medianOf(run, repetitions));
}

function medianOf(run: () => unknown, repetitions: number): number {
  const times: number[] = [];
  for (let round = -repetitions; round < repetitions; round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) times.push((user + system) / 1000);
  }
  return middle(times);
}

function middle(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? NaN;
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  for (const row of [head, ...rows]) console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart((widths[i] ?? 0) + 2))).join(""));
}

function fixed(value: number | undefined): string {
  return (value ?? NaN).toFixed(2);
}

void main();
