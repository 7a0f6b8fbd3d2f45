// A memory map as JSON, whole: nothing is folded. The names are fixed, since other programs read them. Knows nothing of how the map came about.
import type { AddressRange, LinkEnd, MapLane, MapModel, MapRegion, Space } from "../../../../core/src/index";
import { holesOf, jsonPointer, lastOf, printPlainAddress } from "../../../../core/src/index";
import { plainJson } from "../terminal";

export function printJsonMap(model: MapModel, lanes: readonly MapLane[]): string {
  const shown = new Set(lanes.map(({ id }) => id));
  const end = ({ lane, range }: LinkEnd): object => ({ lane, ...ends(range) });
  return printJson({
    platform: model.title,
    lanes: lanes.map(laneJson),
    links: model.links
      .filter(({ from, to }) => shown.has(from.lane) && shown.has(to.lane))
      .map(({ kind, by, broken, from, to }) => ({ kind, by, ...(broken && { broken }), from: end(from), to: end(to) })),
    findings: model.findings.map(({ number, rule, severity, message, regions }) => ({ number, rule, severity, message, regions })),
  });
}

function laneJson(lane: MapLane): object {
  const { id, space, owner, title, bits, regions, conflicts, unknown } = lane;
  return {
    id,
    space,
    ...(owner !== "" && { owner }),
    title,
    ...(bits !== undefined && { bits }),
    regions: regions.map(regionJson),
    conflicts: conflicts.map(({ range, regions: clashing }) => ({ ...ends(range), regions: clashing })),
    ...(lane.gap !== undefined && { free: holesOf(lane).map(ends) }),
    unknown,
  };
}

/** A region as every part of the output names it. */
export function regionJson({ id, name, title, type, range, because, source }: MapRegion): object {
  return { id, name, title, type, ...ends(range), ...(because !== undefined && { because }), ...(source && { path: jsonPointer(source.at.path) }) };
}

/** The form of cli.md: lower-case hex, the last byte inclusive. */
export function ends(range: AddressRange<Space>): { readonly base: string; readonly last: string } {
  return { base: printPlainAddress(range.base), last: printPlainAddress(lastOf(range)) };
}

export function printJson(value: object): string {
  return plainJson(JSON.stringify(value, undefined, 2)) + "\n";
}
