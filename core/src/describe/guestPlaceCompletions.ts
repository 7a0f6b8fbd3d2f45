// Values of a guest file that its hosts suggest: a base where something fits on all of them, a size that fits at a base. Knows nothing of editors, nor of how
// free places are found.
import type { AddressRange } from "../address";
import { sizeOf } from "../address";
import type { Path } from "../anchor";
import type { ChosenPlace, FreeGuestSpace } from "../guest/freeGuestSpace";
import { freeGuestSpaceFor } from "../guest/freeGuestSpace";
import { kindWord } from "../guest/forbidden";
import type { GuestPlan } from "../guest/guestPlan";
import type { Obstacle, Occupied } from "../guest/placement/placement";
import type { FreePlace } from "../plan/freePlaces";
import { freePlaces, roomFrom } from "../plan/freePlaces";
import { printAddress, printRange, printSize } from "../print";
import { listedLabels } from "./assignability";
import type { Completion } from "./completions";
import { nameChoice, nameObstacle } from "./guestPlacement";
import { escapeMarkdown, inlineCode } from "./markdown";
import type { Siblings } from "./placeCompletions";
import { MOST_PLACES, sizesWithin } from "./placeCompletions";

/** Places for the base at a path: those that the plan would choose itself, then those that fit best, each with why. */
export function guestBaseCompletions(plan: GuestPlan, path: Path, { size, type }: Siblings): Completion[] {
  const space = freeGuestSpaceFor(plan, path, type);
  if (!space) return [];
  const chosen = space.chosen(size);
  const others = freePlaces(space, size, MOST_PLACES).filter(({ base }) => !chosen.some((one) => one.base === base));
  const items = [...chosen.map((one) => chosenItem(space, one)), ...others.map((one) => freeItem(space, one, size))];
  return items.slice(0, MOST_PLACES);
}

/** Sizes for which there is room on all hosts at the base beside them: all of the room first, then the usual ones, downward. */
export function guestSizeCompletions(plan: GuestPlan, path: Path, { base, type }: Siblings): Completion[] {
  const space = base && freeGuestSpaceFor(plan, [...path.slice(0, -1), "base"], type);
  const room = space ? roomFrom(space, base.value) : 0n;
  if (!space || room === 0n) return [];
  const next = space.occupied.find((one) => one.range.base === base.value + room);
  return sizesWithin(room, base.value, next ? `up to ${shortName(next.by)}` : "all that is free");
}

function chosenItem(space: FreeGuestSpace, { base, doorbell }: ChosenPlace): Completion {
  const why = doorbell === undefined ? "the lowest that fits" : nameChoice(doorbell);
  return item(base, why, () => `${doorbell === undefined ? "The lowest place for it in one piece, from where the plan would begin" : "One of the usual places of a doorbell"}. Free on ${escapeMarkdown(hostsOf(space))}.`);
}

function freeItem(space: FreeGuestSpace, place: FreePlace<"ipa">, size: bigint | undefined): Completion {
  const { base, stretch, end } = place;
  const [before, after] = neighbours(space, stretch);
  const free = `${printSize(sizeOf(stretch))} free`;
  const beside = end === "upper" ? (after ? `, before ${shortName(after.by)}` : ", at its upper end") : before ? `, after ${shortName(before.by)}` : "";
  return item(base, `${free}${beside}`, () => whyHere(space, place, size));
}

function whyHere(space: FreeGuestSpace, { base, stretch, end }: FreePlace<"ipa">, size: bigint | undefined): string {
  const [before, after] = neighbours(space, stretch);
  const around = [before && `above ${nameObstacle(before.by)}`, after && `below ${nameObstacle(after.by)}`].filter((part) => part !== undefined).join(" and ");
  const lines = [`${inlineCode(printRange(stretch))} is free on ${escapeMarkdown(hostsOf(space))}${around === "" ? "" : `, ${escapeMarkdown(around)}`}.`];
  if (size !== undefined) lines.push(`${printSize(size)} at its ${end} end would be ${inlineCode(printRange({ base, end: base + size } as AddressRange<"ipa">))}.`);
  return lines.join("\n\n");
}

function item(base: bigint, detail: string, doc: () => string): Completion {
  const label = printAddress(base);
  return { label, kind: "place", detail, doc, insert: JSON.stringify(label) };
}

function hostsOf({ plan: { hosts } }: FreeGuestSpace): string {
  return hosts.length === 0 ? "a guest without hosts" : listedLabels(hosts.map(({ name }) => name), 3);
}

/** A few words for what holds an address. */
function shortName(obstacle: Obstacle): string {
  if (obstacle.kind === "forbidden") return `${kindWord(obstacle.region.kind)} of ${listedLabels(obstacle.region.hosts, 2)}`;
  if (obstacle.kind === "machine") return obstacle.region.name;
  if (obstacle.kind === "top") return "the end of addresses";
  return obstacle.kind === "doorbell" ? "the doorbell" : obstacle.entry.name;
}

/** What ends where the stretch begins, and what begins where it ends. */
function neighbours({ occupied }: FreeGuestSpace, stretch: AddressRange<"ipa">): [Occupied | undefined, Occupied | undefined] {
  return [occupied.find((one) => one.range.end === stretch.base), occupied.find((one) => one.range.base === stretch.end)];
}
