// From an address to an expression that comes to the same, and back: "place after bl31". Knows nothing of editors; that the new text means
// the same is tried by whoever offers it.
import type { AddressRange, Space } from "../address";
import { alignUp, contains, sizeOf } from "../address";
import type { Anchor } from "../anchor";
import { sameAnchor, samePath } from "../anchor";
import type { Edit } from "../finding";
import type { ReadExpression } from "../language/expression/readExpression";
import type { AddressMap, Occupant } from "../plan/addressMap";
import { entryAnchor } from "../plan/occupants";
import type { Plan } from "../plan/plan";
import { printAddress, printSize, printSizeLiteral } from "../print";

/** Another way to write a value, which stays what it is. */
export interface Rewriting {
  readonly title: string;
  readonly at: Anchor;
  readonly edits: readonly Edit[];
  readonly value: bigint;
}

const SMALLEST_ALIGNMENT = 4096n;

/** Other ways to write the value at an anchor: an expression as a number, a base as an expression of what is in front of it or around it. */
export function expressionRewritings(plan: Plan, anchor: Anchor): Rewriting[] {
  const expression = plan.expressionAt(anchor.path);
  if (expression) return asNumber(expression);
  return mapsOf(plan).flatMap((map) => map.occupants.filter((one) => isWrittenAt(one, anchor)).flatMap((one) => asExpression(plan, map, one)));
}

function asNumber({ at, unit, value, text }: ReadExpression): Rewriting[] {
  if (value === undefined) return [];
  const [printed, next] = unit === "address" ? [printAddress(value), { address: value }] : [printSizeLiteral(value), { size: value }];
  return [{ title: `Write ${printed} in place of ${JSON.stringify(text)}`, at, edits: [{ op: "replace", at, value: next }], value }];
}

function mapsOf(plan: Plan): AddressMap[] {
  const buses = (plan.platform.pci ?? []).flatMap((bridge) => [plan.busMemory(bridge), plan.busIo(bridge)]);
  return [plan.physical, ...buses];
}

function isWrittenAt({ at, extent }: Occupant, { path }: Anchor): boolean {
  return (extent.form === "base-size" || extent.form === "base-last") && samePath(at.path, path);
}

function asExpression(plan: Plan, map: AddressMap, one: Occupant): Rewriting[] {
  const others = map.occupants.filter((other) => other !== one && isNamedEntry(plan, other));
  const before = others.reduce<Occupant | undefined>((nearest, other) => (other.range.end <= one.range.base && (!nearest || other.range.end > nearest.range.end) ? other : nearest), undefined);
  const around = others.filter((other) => contains(other.range, one.range)).sort((a, b) => (sizeOf(a.range) < sizeOf(b.range) ? -1 : 1))[0];
  return [...(before ? behind(before, one) : []), ...(around ? inside(around, one) : [])];
}

/** An expression can refer to entries with a name and one place. */
function isNamedEntry(plan: Plan, { name, entry, extent }: Occupant): boolean {
  const named = plan.entries.get(name);
  return extent.ranges.length === 1 && named !== undefined && sameAnchor(entryAnchor(named), entry);
}

function behind(before: Occupant, one: Occupant): Rewriting[] {
  const { base } = one.range;
  if (before.range.end === base) return [rewriting(one, `Place after ${before.name}`, `${before.name}.next`)];
  const alignment = alignmentBetween(before.range, one.range);
  return alignment === undefined ? [] : [rewriting(one, `Place after ${before.name}, aligned to ${printSize(alignment)}`, `align(${before.name}.next, ${printSizeLiteral(alignment)})`)];
}

function inside(around: Occupant, one: Occupant): Rewriting[] {
  const offset = one.range.base - around.range.base;
  const fromEnd = around.range.end - one.range.base;
  const fromBase = `${around.name}.base${offset === 0n ? "" : ` + ${printSizeLiteral(offset)}`}`;
  return [
    rewriting(one, `Place from the beginning of ${around.name}`, fromBase),
    rewriting(one, `Place from the end of ${around.name}`, `${around.name}.next - ${printSizeLiteral(fromEnd)}`),
  ];
}

/** The smallest power of two, at least a page, whose next multiple above the one range is where the other begins. */
function alignmentBetween(before: AddressRange<Space>, after: AddressRange<Space>): bigint | undefined {
  for (let alignment = SMALLEST_ALIGNMENT; alignment <= after.base && after.base % alignment === 0n; alignment *= 2n) {
    if (alignUp(before.end, alignment) === after.base) return alignment;
  }
  return undefined;
}

function rewriting({ at, range }: Occupant, title: string, text: string): Rewriting {
  return { title: `${title}: "${text}"`, at, edits: [{ op: "replace", at, value: { json: text } }], value: range.base };
}
