// The answers of `platmap map`: whose an address is, and what is free. As text and as JSON, whose names are fixed.
// Knows nothing of how they are found.
import type { AddressPlace, MapLane, MapModel, Translation } from "../../../../core/src/index";
import { holesOf, printMapAddress, printMapSize, printPlainAddress, shownText, sizeOf } from "../../../../core/src/index";
import { ends, printJson, regionJson } from "./mapJson";
import type { StyledLine } from "./mapText";
import { printParts, printPlace, styled } from "./mapText";

/** What each space's addresses are called; a space alone says too little to a newcomer. */
const SPACES: Readonly<Record<MapLane["space"], string>> = {
  pa: "what a CPU emits",
  bus: "memory addresses on the bus",
  io: "I/O ports",
  iova: "what devices emit",
  ipa: "what the guest calls physical",
};

export function printTextPlaces(address: bigint, places: readonly AddressPlace[], color: boolean): string {
  const each = places.map((place) => [styled("bold", `${printMapAddress(address, place.lane.space)} in ${place.lane.title} (${SPACES[place.lane.space]})`), ...placeLines(place)]);
  return printParts(each, color);
}

function placeLines({ lane, holders, hole, isBeyond, translations }: AddressPlace): StyledLine[] {
  const owners = holders.map(({ title, name, type, range, because, facts }) => {
    const word = title.includes(type) ? "" : `, ${type}`;
    const why = because === undefined || because === title ? "" : `: ${because}`;
    return styled(undefined, `  ${printPlace(lane, range)}  ${name === title || title.includes(name) ? title : `${name}: ${title}`}${word}, ${printMapSize(sizeOf(range))}${why}${facts === undefined ? "" : `; source: ${shownText(facts)}`}`);
  });
  const nobody = hole ? [styled(undefined, `  ${printPlace(lane, hole)}  ${NOBODY[lane.gap ?? "none"]}, ${printMapSize(sizeOf(hole))}`)] : [];
  const beyond = isBeyond ? [styled("warning", `  beyond the ${lane.bits ?? 64} bits of this space`)] : [];
  return [...owners, ...nobody, ...beyond, ...translations.map((one) => styled("dim", `  ${describeTranslation(one)}`))];
}

const NOBODY: Readonly<Record<"free" | "usable" | "none", string>> = {
  free: "free: nothing is described here",
  usable: "usable: a device may be given it",
  none: "nothing is described here",
};

function describeTranslation({ link, lane, address, range }: Translation): string {
  const where = address === undefined ? printPlace(lane, range) : printMapAddress(address, lane.space);
  switch (link.kind) {
    case "window":
      return `${link.by} turns it into ${where} in ${lane.title}`;
    case "inbound":
      return lane.space === "pa" ? `DMA at it reaches ${where} in ${lane.title}, through ${link.by}` : `DMA reaches it from ${where} in ${lane.title}, through ${link.by}`;
    case "doorbell":
      return lane.space === "pa" ? `${link.by} maps doorbells there: ${where} in ${lane.title}` : `devices behind ${link.by} find it in ${where} of ${lane.title}`;
  }
}

export function printJsonPlaces(platform: string, address: bigint, places: readonly AddressPlace[]): string {
  return printJson({
    platform,
    address: printPlainAddress(address),
    spaces: places.map(({ lane, holders, hole, isBeyond, translations }) => ({
      space: lane.space,
      ...(lane.owner !== "" && { owner: lane.owner }),
      lane: lane.id,
      holders: holders.map(regionJson),
      ...(hole && { free: ends(hole) }),
      ...(isBeyond && { beyond: true }),
      translations: translations.map(({ link, lane: other, address: image, range }) => ({
        kind: link.kind,
        by: link.by,
        lane: other.id,
        space: other.space,
        ...(image !== undefined && { address: printPlainAddress(image) }),
        ...ends(range),
      })),
    })),
  });
}

/** Holes of the lanes in which free addresses are a question. */
export function printTextFree(model: MapModel, lanes: readonly MapLane[], color: boolean): string {
  const parts = lanes.map((lane) => {
    const holes = holesOf(lane).map((hole) => styled(undefined, `  ${printPlace(lane, hole)}  ${printMapSize(sizeOf(hole))}`));
    const open = lane.bits === undefined ? [styled("dim", "  how far the space reaches is not known: what lies above the last region is left out")] : [];
    return [styled("bold", `${lane.gap ?? "free"} in ${lane.title}, ${lane.subtitle}`), ...holes, ...open];
  });
  return printParts([[styled("bold", model.title)], ...parts], color);
}

export function printJsonFree(model: MapModel, lanes: readonly MapLane[]): string {
  const free = lanes.flatMap((lane) =>
    holesOf(lane).map((hole) => ({ space: lane.space, ...(lane.owner !== "" && { owner: lane.owner }), lane: lane.id, ...ends(hole), size: printPlainAddress(sizeOf(hole)) })),
  );
  return printJson({ platform: model.title, free });
}
