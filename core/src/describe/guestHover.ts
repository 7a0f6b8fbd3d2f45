// What a hover of a guest's memory, window, doorbell or host adds: where the plan puts it, and what stands against it. Markdown. Knows nothing of editors.
import type { Anchor } from "../anchor";
import { printRange, printSize } from "../print";
import { sizeOf } from "../address";
import { placementOf } from "../guest/guestPlacement";
import type { GuestPlan } from "../guest/guestPlan";
import { headroomOf } from "../guest/headroom";
import { hostFitsOf } from "../guest/hostFit";
import { inexpressible } from "../guest/expressible";
import type { Conflict } from "../guest/placement/placement";
import { describeHeadroom } from "./fleet";
import { describeConflict, describeFallback, nameChoice } from "./guestPlacement";
import { escapeMarkdown, inlineCode } from "./markdown";

/** Undefined where the plan has nothing to say of the place. */
export function describeGuestAt(plan: GuestPlan, { path }: Anchor): string | undefined {
  const [list, index] = path;
  if (list === "doorbell") return paragraph(doorbellLines(plan));
  if (list === "memory" && typeof index === "number") return paragraph(memoryLines(plan, index));
  if (list === "windows" && typeof index === "number") return paragraph(windowLines(plan, index));
  if (list === "hosts" && typeof index === "number") return paragraph(hostLines(plan, path));
  return undefined;
}

function memoryLines(plan: GuestPlan, index: number): string[] {
  const { memory, conflicts } = placementOf(plan);
  const entry = plan.guest.memory?.[index];
  const placed = memory.find((one) => one.entry === entry);
  if (!entry || !placed) return [];
  const where = { fixed: "lies at", written: "lies, as a plan has written it, at", placed: "is placed at" }[placed.origin];
  const banks = placed.banks.map((bank) => `${inlineCode(printRange(bank))} (${printSize(sizeOf(bank))})`);
  const other = inexpressible(plan, placementOf(plan));
  const headroom = headroomOf(plan);
  return [
    banks.length === 0 ? `**${escapeMarkdown(entry.name)}** has no place.` : `**${escapeMarkdown(entry.name)}** ${where} ${banks.join(", ")}.`,
    ...conflictLines(conflicts, (one) => one.of.kind === "memory" && one.of.entry === entry),
    ...(other ? [`${escapeMarkdown(other.machine.title)} makes it otherwise: ${other.made.map((bank) => inlineCode(printRange(bank))).join(", ")}.`] : []),
    ...(headroom ? [`The guest can have ${escapeMarkdown(describeHeadroom(headroom))}.`] : []),
  ];
}

function windowLines(plan: GuestPlan, index: number): string[] {
  const entry = plan.guest.windows?.[index];
  const placed = placementOf(plan).windows.find((one) => one.entry === entry);
  if (!entry || !placed) return [];
  const where = placed.range ? `${placed.origin === "placed" ? "is placed at" : "lies at"} ${inlineCode(printRange(placed.range))}` : "has no place";
  return [`**${escapeMarkdown(entry.name)}** ${where}.`, ...conflictLines(placementOf(plan).conflicts, (one) => one.of.kind === "window" && one.of.entry === entry)];
}

function doorbellLines(plan: GuestPlan): string[] {
  const { doorbell, conflicts } = placementOf(plan);
  const fallback = describeFallback(doorbell);
  return [
    doorbell.range ? `The doorbell lies at ${inlineCode(printRange(doorbell.range))}${doorbell.choice && !doorbell.isFixed ? ` (${escapeMarkdown(nameChoice(doorbell.choice))})` : ""}.` : "The doorbell has no place.",
    ...(fallback === undefined ? [] : [`${escapeMarkdown(fallback)}.`]),
    ...conflictLines(conflicts, (one) => one.of.kind === "doorbell"),
  ];
}

function hostLines(plan: GuestPlan, path: Anchor["path"]): string[] {
  const fit = hostFitsOf(plan).find(({ host: { namedAt } }) => namedAt.file === plan.guest.anchor.file && namedAt.path.length === path.length && namedAt.path.every((step, i) => step === path[i]));
  if (!fit) return [];
  const name = `**${escapeMarkdown(fit.host.name)}**`;
  if (fit.obstacles.length === 0) return [`The guest fits on ${name}.`];
  return [`The guest does not fit on ${name}:`, ...fit.obstacles.slice(0, 5).map((one) => `- ${escapeMarkdown(one)}`)];
}

function conflictLines(conflicts: readonly Conflict[], isAbout: (one: Conflict) => boolean): string[] {
  return conflicts.filter(isAbout).slice(0, 4).map((one) => `${escapeMarkdown(describeConflict(one))}.`);
}

function paragraph(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : lines.join("  \n");
}
