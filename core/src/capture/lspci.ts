// Reads the text of lspci: -vvv, with or without -nn and -D, and the dumps of -x, -xxx, -xxxx. Splits it into
// functions. Knows nothing of the tree that the functions make, nor of other sources.
import { readConfigSpace } from "./configSpace";
import { readLspciDetails } from "./lspciDetails";
import type { FunctionFacts } from "./pciFunctionFacts";
import { UNKNOWN_FUNCTION, completeFunction } from "./pciFunctionFacts";
import type { PciAddress } from "../pciAddress";
import { parsePciAddress, printPciAddress } from "../pciAddress";
import type { Reading, Unread } from "./reading";
import { linesOf } from "./reading";

/** The facts of every function by its full address (`0000:01:00.0`; segment 0 where lspci leaves it out). */
export type Functions = ReadonlyMap<string, FunctionFacts>;

interface Section {
  readonly at: PciAddress;
  readonly title: string;
  readonly line: number;
  readonly body: string[];
}

const HEAD = /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) (.*)$/i;
const DUMP = /^([0-9a-f]{2,3}):((?: [0-9a-f]{2}){1,16})\s*$/i;

/** True when the text has lines that begin a function's section. */
export function looksLikeLspci(text: string): boolean {
  return linesOf(text.slice(0, 64 * 1024)).some((line) => HEAD.test(line));
}

/** Reads lspci's text. A dump in the text is believed before the words beside it. */
export function readLspci(text: string, where: string): Reading<Functions> {
  const unread: Unread[] = [];
  const functions = new Map<string, FunctionFacts>();
  for (const section of sections(text, where, unread)) {
    const address = printPciAddress(section.at);
    if (functions.has(address))
      unread.push({ where: `${where}:${section.line}`, because: `${address} is described twice; the first counts` });
    else functions.set(address, readSection(section, `${where}:${section.line} (${address})`, unread));
  }
  return { facts: functions, unread };
}

/** Pasted text has its tabs turned into blanks, four or eight: the first step in a section tells how many. */
function withTabs(line: string, step: number): string {
  const blanks = /^ +/.exec(line)?.[0].length ?? 0;
  return blanks === 0 ? line : "\t".repeat(Math.max(1, Math.round(blanks / step))) + line.slice(blanks);
}

function sections(text: string, where: string, unread: Unread[]): Section[] {
  const found: Section[] = [];
  linesOf(text).forEach((line, index) => {
    const head = HEAD.exec(line);
    const at = head ? parsePciAddress(head[1] ?? "") : undefined;
    if (head && at) found.push({ at, title: head[2] ?? "", line: index + 1, body: [] });
    else if (head) unread.push({ where: `${where}:${index + 1}`, because: `${head[1]} is not a PCI address` });
    else found.at(-1)?.body.push(line);
  });
  return found.map((section) => {
    const step = stepOf(section.body);
    return { ...section, body: section.body.map((line) => withTabs(line, step)) };
  });
}

function stepOf(body: readonly string[]): number {
  const first = body.find((line) => /^ +\S/.test(line)) ?? "";
  return Math.max(1, /^ +/.exec(first)?.[0].length ?? 8);
}

function readSection(section: Section, where: string, unread: Unread[]): FunctionFacts {
  const dump = readDump(section.body);
  const words = readLspciDetails(section.title, section.body, section.at.function, where);
  if (dump.length === 0) {
    unread.push(...words.unread);
    return words.facts;
  }
  const registers = readConfigSpace(dump, `${where}, dump`);
  unread.push(...registers.unread);
  return completeFunction(completeFunction(registers.facts, words.facts), UNKNOWN_FUNCTION);
}

/** The bytes of `00: 86 80 …` lines. A gap ends the dump: what follows it has no known place. */
function readDump(body: readonly string[]): Uint8Array {
  const bytes: number[] = [];
  for (const line of body) {
    const parts = DUMP.exec(line);
    if (!parts) continue;
    if (parseInt(parts[1] ?? "", 16) !== bytes.length) break;
    for (const byte of (parts[2] ?? "").trim().split(" ")) bytes.push(parseInt(byte, 16));
    if (bytes.length >= 4096) break;
  }
  return Uint8Array.from(bytes);
}
