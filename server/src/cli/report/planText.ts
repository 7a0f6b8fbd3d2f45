// A placement for people: one table of the guest's addresses upward, what lies where and what is closed to it, then what does not fit and what would help.
// Knows nothing of how places are found.
import type { AddressRange, Placement } from "../../../../core/src/index";
import {
  describeConflict, describeFallback, describeRejected, describeRelaxation, forbiddenOf, inexpressible, kindWord, listedBanks, listedLabels, nameChoice, policyOf, printAddress,
  printRange, printSize, sizeOf,
} from "../../../../core/src/index";
import { plainLines, plainText } from "../terminal";
import type { Planned } from "./planJson";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "plain";
const STYLES: Readonly<Record<Style, string>> = { bold: "1", dim: "2", red: "31;1", green: "32", yellow: "33", plain: "" };

interface Row {
  readonly range: AddressRange<"ipa">;
  readonly what: "memory" | "window" | "doorbell" | "machine" | "closed";
  readonly words: string;
}

const ROW_STYLES: Readonly<Record<Row["what"], Style>> = { memory: "green", window: "plain", doorbell: "yellow", machine: "dim", closed: "dim" };

export function printTextPlan(planned: Planned, color: boolean): string {
  const paint = (style: Style, text: string): string => (color && style !== "plain" ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text);
  const rows = rowsOf(planned);
  const widths = [Math.max(0, ...rows.map((row) => printRange(row.range).length)), Math.max(0, ...rows.map((row) => exactSize(row.range).length))] as const;
  const lines = [
    paint("bold", title(planned)),
    ...facts(planned).map((line) => `  ${plainText(line)}`),
    "",
    ...rows.map((row) => `  ${printRange(row.range).padEnd(widths[0])}  ${exactSize(row.range).padStart(widths[1])}  ${paint(ROW_STYLES[row.what], row.what.padEnd(8))}  ${plainText(row.words)}`),
    ...section("what does not fit", planned.placement.conflicts.map(describeConflict), (text) => paint("red", text)),
    ...section("what would help, any one of these", planned.relaxations.map(describeRelaxation), (text) => paint("bold", text)),
    ...section("to know", notes(planned), (text) => paint("bold", text)),
  ];
  return lines.join("\n") + "\n";
}

/** Exact, in the largest unit that allows it: "2144 MiB". */
function exactSize(range: AddressRange<"ipa">): string {
  const bytes = sizeOf(range);
  const power = [6n, 5n, 4n, 3n, 2n, 1n].find((one) => bytes % (1n << (10n * one)) === 0n);
  return power === undefined ? `${bytes} bytes` : `${bytes >> (10n * power)} ${" KMGTPE"[Number(power)]}iB`;
}

function title({ plan, placement }: Planned): string {
  const { guest, hosts } = plan;
  const where = hosts.length === 0 ? "on no host" : `on ${listedLabels(hosts.map((host) => host.name), 6)}`;
  const other = inexpressible(plan, placement);
  const verdict = placement.feasible ? `everything has its place${other ? `, but ${other.machine.title} cannot lay memory out so` : ""}` : placement.isExact ? "does not fit" : "no place was found for everything";
  return plainLines(`${guest.guest} ${where}: ${verdict}`);
}

function facts({ plan }: Planned): string[] {
  const closed = forbiddenOf(plan);
  const width = `addresses end at ${printAddress(closed.top.end - 1n)}: ${closed.top.because}${closed.isWidthAssumed && closed.top.hosts.length === 0 ? ", as is usual where the file gives no physicalAddressBits" : ""}`;
  return [width, `what is closed is rounded to pages of ${printSize(closed.page)}; policy ${policyOf(plan.guest)}`];
}

/** Regions of the machine below its memory are one row. */
function rowsOf({ plan, placement }: Planned): Row[] {
  const rows: Row[] = [
    ...forbiddenOf(plan).ranges.map(({ exact, kind, hosts, because }): Row => ({ range: exact, what: "closed", words: `${kindWord(kind)} on ${listedLabels(hosts, 4)}: ${because.slice(0, 2).join("; ")}` })),
    ...placement.memory.flatMap(({ entry, banks, origin }) => banks.map((range, index): Row => ({ range, what: "memory", words: `${entry.name}${banks.length > 1 ? `, bank ${index + 1} of ${banks.length}` : ""}${origin === "placed" ? "" : origin === "written" ? ", as written" : ", as its base says"}` }))),
    ...placement.windows.flatMap(({ entry, range }): Row[] => (range ? [{ range, what: "window", words: `${entry.name}, ${entry.type}` }] : [])),
    ...machineRows(placement),
  ];
  const { range, strategy, choice, isFixed } = placement.doorbell;
  if (range) rows.push({ range, what: "doorbell", words: isFixed ? "as its base says" : `${strategy === "auto" ? "" : `${strategy}: `}${choice ? nameChoice(choice) : ""}` });
  return rows.sort((a, b) => (a.range.base < b.range.base ? -1 : a.range.base > b.range.base ? 1 : a.range.end > b.range.end ? -1 : a.range.end < b.range.end ? 1 : 0));
}

function machineRows({ layout, memory }: Placement): Row[] {
  const regions = layout?.regions ?? [];
  const banks = memory.flatMap((one) => one.banks);
  const lowest = banks.reduce<bigint | undefined>((least, bank) => (least === undefined || bank.base < least ? bank.base : least), undefined) ?? 0n;
  const below = regions.filter((one) => one.range.end <= lowest);
  const above = regions.filter((one) => one.range.end > lowest).map((one): Row => ({ range: one.range, what: "machine", words: one.name }));
  const [first] = below;
  const last = below.at(-1);
  if (!first || !last) return above;
  const end = below.reduce((most, one) => (one.range.end > most ? one.range.end : most), last.range.end);
  return [{ range: { base: first.range.base, end }, what: "machine", words: below.length === 1 ? first.name : `${below.length} regions` }, ...above];
}

function notes({ plan, placement }: Planned): string[] {
  const fallback = describeFallback(placement.doorbell);
  const other = inexpressible(plan, placement);
  const { layout } = placement;
  return [
    ...(fallback === undefined ? [] : placement.doorbell.rejected.map((one) => `the doorbell is not elsewhere because ${describeRejected(one)}`)),
    ...(other ? [`${other.machine.title} cannot do this: ${other.machine.cannot}; it would make ${listedBanks(other.made)}`] : []),
    ...(layout?.refusal ? [`the machine refuses to start: ${layout.refusal.message}`] : []),
    ...(layout?.dropped ?? []).map((one) => `the machine leaves out its ${one.name}: ${printRange(one.range)} does not fit`),
    ...forbiddenOf(plan).unknown.map((because) => `not known: ${because}`),
  ];
}

function section(heading: string, lines: readonly string[], paint: (text: string) => string): string[] {
  return lines.length === 0 ? [] : ["", paint(heading), ...lines.map((line) => `  ${plainText(line)}`)];
}
