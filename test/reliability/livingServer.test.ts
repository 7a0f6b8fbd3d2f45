// A server that has lived through ten thousand random edits says the same as one that has just started: findings, outline, hovers, colours, lenses, hints and
// folding. What one remembers of an earlier text, or of another file, shows here. Knows nothing of how a server comes to its answers.
import assert from "node:assert/strict";
import path from "node:path";
import { importPlatform } from "../../server/src/import/importPlatform";
import { parseJsonc } from "../../server/src/jsonc/parse";
import { nodeHost } from "../../server/src/nodeHost";
import { examples } from "../jsonc/texts";
import { MODERN, PUSHING } from "../protocol/client";
import { repositoryRoot } from "../repositoryRoot";
import { temporaryFolder } from "../temporaryFolder";
import { Author } from "./author";
import type { Step } from "./desk";
import { Desk } from "./desk";
import { DrivenServer, writeOn } from "./drivenServer";
import { Random } from "./random";

/** PLATMAP_SEEDS="1 2 3" tries others. */
const SEEDS = (process.env["PLATMAP_SEEDS"] ?? "2016 1985").split(" ").map(Number);
const EDITS_PER_SEED = 5000;
/** After so many steps the findings of all files are compared, and after so many everything. */
const [FINDINGS_EVERY, ALL_EVERY] = [16, 112];

const SOC = `{
  "platform": "soc", "arch": "arm64", "physicalAddressBits": 40,
  "memory": [{ "name": "dram0", "base": "0x8000_0000", "size": "1G" }],
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "4K" },
    { "name": "uart1", "base": "0x1001_0000", "size": "4K" }, // 4K
    { "name": "uart2", "base": "uart1.next", "size": "uart1.size" },
  ],
  "doorbells": [{ "name": "its", "type": "its", "base": "0x0808_0000", "size": "128K" }],
  "pci": [{ "name": "pcie0", "msi": "its", "iommu": "none", "devices": [{ "at": "00:01.0", "type": "integrated-endpoint" }] }],
}
`;
const BOARD = `{
  "extends": "soc.platform.jsonc",
  "platform": "board",
  "memory": [{ "name": "dram0", "size": "2G" }],
  "reserved": [{ "name": "bl31", "base": "dram0.next - 32M", "size": "2M", "type": "secure", "noMap": true }],
  "devices": [{ "name": "uart1", "base": "0x1002_0000" }, { "name": "eth0", "base": "uart2.next", "size": "64K" }],
  "remove": ["uart0"],
}
`;
const GUEST = `{
  "guest": "web", "pageSize": "64K",
  "hosts": ["board.platform.jsonc", "odd-*.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "1G", "from": "0x4000_0000" }, { "name": "low", "base": "0x8000_0000", "size": "64M" }],
  "doorbell": { "strategy": "auto" },
  "passthrough": [{ "host": "odd-host-a", "device": "0000:01:00.0" }, { "host": "odd-host-c", "device": "01:00.0", "when": "hotplug" }],
}
`;
/** A map without expressions, of many short entries: what is read entry by entry while it is edited. */
const MAP = `{
  "platform": "map", "arch": "arm64", "physicalAddressBits": 40, "pageSize": "4K",
  "memory": [
    { "name": "dram0", "base": "0x8000_0000", "size": "2G" }, // 2G
    { "name": "dram1", "range": "0x8_8000_0000-0x9_ffff_ffff", "node": 1 },
  ],
  "devices": [
    { "name": "soc", "base": "0x1000_0000", "size": "256M" },
${Array.from({ length: 16 }, (_, index) => `    { "name": "uart${index}", "base": "0x1${index.toString(16)}00_0000", "size": "64K", "in": "soc" },${index % 4 === 0 ? " // 64K" : ""}`).join("\n")}
  ],
  "reserved": [
    { "name": "bl31", "base": "0xfe00_0000", "size": "2M", "type": "secure", "noMap": true, "origin": "board" },
    { "name": "optee", "range": "0xfe10_0000-0xfeff_ffff", "type": "secure" }, // platmap allow overlapping-reservations: on purpose
    { "name": "cma", "size": "64M", "align": "4M", "within": ["0x8000_0000-0xbfff_ffff"], "type": "dma-pool", "reusable": true },
    { "name": "shm", "range": "0xf000_0000-0xf0ff_ffff", "type": "shared-memory", "sharedWith": "log" },
    { "name": "log", "range": "0xf000_0000-0xf000_ffff", "type": "crash-log", "sharedWith": "shm" },
  ],
  "doorbells": [{ "name": "v2m", "type": "gicv2m", "base": "0x2c1c_0000", "size": "4K" }, { "name": "v2n", "type": "gicv2m", "base": "0x2c1d_0000", "size": "4K" }],
  "iommus": [{ "name": "smmu", "type": "smmuv2", "base": "0x2b50_0000", "size": "64K", "inputBits": 40, "outputBits": 40, "pageSizes": ["4K"] }],
}
`;
const CONFIGURATION = `{
  "rules": { "overlapping-regions": "warning", "unsafe-number": "off" },
  "ignore": ["old/**"],
}
`;

/** The files, how often each is worked on, and whether it is open at first. Files of one group are read by one another. */
const FILES: readonly { readonly file: string; readonly text: () => string; readonly weight: number; readonly group: "alone" | "rack" | "all"; readonly isClosed?: boolean }[] = [
  { file: "platmap.config.jsonc", text: () => CONFIGURATION, weight: 1, group: "all" },
  { file: "map.platform.jsonc", text: () => MAP, weight: 20, group: "alone" },
  { file: "first-steps.platform.jsonc", text: () => example("first-steps.platform.jsonc"), weight: 8, group: "alone" },
  { file: "captured.platform.jsonc", text: captured, weight: 4, group: "alone" },
  { file: "soc.platform.jsonc", text: () => SOC, weight: 4, group: "rack" },
  { file: "board.platform.jsonc", text: () => BOARD, weight: 4, group: "rack" },
  { file: "odd-host-a.platform.jsonc", text: () => example("odd-host-a.platform.jsonc"), weight: 3, group: "rack" },
  { file: "odd-host-c.platform.jsonc", text: () => example("odd-host-c.platform.jsonc"), weight: 1, group: "rack", isClosed: true },
  { file: "web.guest.jsonc", text: () => GUEST, weight: 4, group: "rack" },
  { file: "rack.fleet.jsonc", text: () => example("odd-host.fleet.jsonc").replace(/, "odd-host-b[^"]*"/g, "").replace("odd-host-web", "web"), weight: 2, group: "rack" },
];
const GROUPS = new Map(FILES.map(({ file, group }) => [file, group]));

describe("a server that lives long", () => {
  let folder: string;
  before(() => {
    folder = temporaryFolder();
  });

  for (const seed of SEEDS) {
    it(`says after each of ${EDITS_PER_SEED} random edits what a new one says (seed ${seed})`, async function () {
      this.timeout(300_000);
      const start = firstDesk();
      const steps = randomSteps(start, seed);
      const failure = await live(folder, start, steps, 0);
      if (failure) assert.fail(await report(folder, seed, start, steps, failure));
    });
  }
});

interface Failure {
  /** The step after which it failed. */
  readonly step: number;
  readonly what: string;
}

function firstDesk(): Desk {
  const texts = FILES.map(({ file, text }) => [file, text()] as const);
  return new Desk(new Map(texts.filter(([file]) => !FILES.some((one) => one.file === file && one.isClosed))), new Map(texts));
}

function randomSteps(start: Desk, seed: number): Step[] {
  const desk = start.copy();
  const author = new Author(new Random(seed), desk, FILES.map(({ weight, file }) => [weight, file]));
  const steps: Step[] = [];
  for (let edits = 0; edits < EDITS_PER_SEED; ) {
    const step = author.next();
    desk.take(step);
    steps.push(step);
    edits += step.kind === "edit" ? step.changes.length : 1;
  }
  return steps;
}

/** The last text of each file that was without syntax errors, and how the files around it were then. */
class GoodTexts {
  private readonly known = new Map<string, { readonly text: string; readonly around: number }>();
  private count = 0;
  private readonly around = new Map<string, number>();

  constructor(desk: Desk) {
    for (const [file, text] of desk.open) this.saw(file, text);
  }

  saw(file: string, text: string | undefined): void {
    const group = GROUPS.get(file) ?? "all";
    if (text === undefined) this.known.delete(file);
    else if (isGood(text)) this.known.set(file, { text, around: this.aroundOf(file) });
    for (const one of group === "all" ? ["alone", "rack", "all"] : [group]) this.around.set(`${one} but ${file}`, ++this.count);
  }

  /** Undefined when what the server remembers depends on files that have changed since. */
  before(file: string, text: string): string | undefined {
    if (isGood(text)) return text;
    const known = this.known.get(file);
    return known?.around === this.aroundOf(file) ? known.text : undefined;
  }

  private aroundOf(file: string): number {
    const group = GROUPS.get(file) ?? "all";
    return Math.max(0, ...[...this.around].flatMap(([key, when]) => (key.startsWith(`${group} but `) && !key.endsWith(` ${file}`) ? [when] : [])));
  }
}

/** Takes the steps with one server, and holds it against new ones. Undefined when they agree to the end. @param from the number of the first step, for when to compare */
async function live(folder: string, start: Desk, steps: readonly Step[], from: number): Promise<Failure | undefined> {
  const desk = start.copy();
  for (const { file } of FILES) writeOn(folder, file, desk.disk.get(file));
  const server = await DrivenServer.start(folder, PUSHING);
  const good = new GoodTexts(desk);
  try {
    for (const [file, text] of desk.open) await server.open(file, text);
    await server.settle();
    // What it remembers of the answers to these may be what is wrong later.
    for (const [file, text] of desk.open) await Promise.all([server.ofText(file), server.ofPlan(file, text)]);
    for (const [index, step] of steps.entries()) {
      await server.send(step, desk);
      desk.take(step);
      try {
        await server.settle();
      } catch (error) {
        return { step: index, what: String(error) };
      }
      good.saw(step.file, desk.open.get(step.file));
      const number = from + index + 1;
      const isLast = index === steps.length - 1;
      if (!isLast && number % FINDINGS_EVERY !== 0) continue;
      const what = await difference(folder, desk, server, good, isLast || number % ALL_EVERY === 0 ? [...desk.open.keys()] : []);
      if (what !== undefined) return { step: index, what };
    }
    return undefined;
  } finally {
    await server.stop();
  }
}

/** What a new server says otherwise; of some files all that it can be asked. An answer that is an error counts as well. */
async function difference(folder: string, desk: Desk, living: DrivenServer, good: GoodTexts, asked: readonly string[]): Promise<string | undefined> {
  try {
    return await differenceTo(folder, desk, living, good, asked);
  } catch (error) {
    return String(error);
  }
}

async function differenceTo(folder: string, desk: Desk, living: DrivenServer, good: GoodTexts, asked: readonly string[]): Promise<string | undefined> {
  const fresh = await DrivenServer.start(folder, MODERN);
  try {
    const planned = new Map([...desk.open].map(([file, text]) => [file, asked.includes(file) ? good.before(file, text) : undefined]));
    for (const [file, text] of desk.open) await fresh.open(file, planned.get(file) ?? text);
    if (asked.length > 0) for (const file of desk.open.keys()) await fresh.askedFindings(file);
    for (const [file, text] of desk.open) if (text !== (planned.get(file) ?? text)) await fresh.change(fresh.uriOf(file), [{ text }]);
    for (const file of desk.open.keys()) {
      const [theirs, ours] = [living.findings(file), await fresh.askedFindings(file)];
      const what = unequal(`the findings of ${file}`, theirs, ours);
      if (what !== undefined) return what;
    }
    for (const file of asked) {
      const text = desk.openText(file);
      const all = async (server: DrivenServer): Promise<object> => ({ ...(await server.ofText(file)), ...(planned.get(file) !== undefined && (await server.ofPlan(file, text))) });
      const [theirs, ours] = [await all(living), await all(fresh)];
      for (const [key, value] of Object.entries(ours)) {
        const what = unequal(`the ${key} of ${file}`, (theirs as Record<string, unknown>)[key], value);
        if (what !== undefined) return what;
      }
    }
    return asked.length === 0 ? undefined : unequal("the findings of the folder", await living.allFindings(), await fresh.allFindings());
  } finally {
    await fresh.stop();
  }
}

function unequal(what: string, living: unknown, fresh: unknown): string | undefined {
  if (JSON.stringify(living) === JSON.stringify(fresh)) return undefined;
  try {
    assert.deepEqual(living, fresh);
  } catch (error) {
    return `${what} differ (+ the living server, - a new one)\n${(error as Error).message}`;
  }
  return undefined;
}

/** The shortest tail of the steps that still fails, and what to run it on. */
async function report(folder: string, seed: number, start: Desk, steps: readonly Step[], { step, what }: Failure): Promise<string> {
  const upTo = steps.slice(0, step + 1);
  const fails = async (length: number): Promise<Failure | undefined> => {
    const [before, tail] = [upTo.slice(0, upTo.length - length), upTo.slice(upTo.length - length)];
    const desk = start.copy();
    for (const one of before) desk.take(one);
    return live(folder, desk, tail, before.length);
  };
  let [passing, failing] = [0, 1];
  while (failing < upTo.length && !(await fails(failing))) [passing, failing] = [failing, Math.min(upTo.length, failing * 2)];
  while (failing - passing > 1) {
    const middle = (failing + passing) >> 1;
    if (await fails(middle)) failing = middle;
    else passing = middle;
  }
  const [desk, tail] = [start.copy(), upTo.slice(upTo.length - failing)];
  for (const one of upTo.slice(0, upTo.length - failing)) desk.take(one);
  const texts = [...new Set(tail.map(({ file }) => file))].map((file) => `${file} before them:\n${desk.open.get(file) ?? desk.disk.get(file) ?? ""}`);
  return [`seed ${seed}, after step ${step}: ${what}`, `the shortest tail of steps that still fails (${failing}):`, ...tail.map((one) => JSON.stringify(one)), ...texts].join("\n");
}

function isGood(text: string): boolean {
  return parseJsonc(text).faults.length === 0;
}

function example(name: string): string {
  const text = examples.get(name);
  if (text === undefined) throw new Error(`there is no example ${name}`);
  return text;
}

/** The description of a machine that runs, as an importer writes it. */
function captured(): string {
  return importPlatform([path.join(repositoryRoot, "test/captures/brd-01-raspi3b.tar.gz")], nodeHost).text;
}
