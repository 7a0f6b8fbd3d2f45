// Completion at the cursor: keys, words and names, whole entries, and values that the map suggests. Knows nothing of which ones there are, nor of how a client
// is told.
import type { Position } from "vscode-languageserver";
import type { Completion, EntryKind, MapType, Plan, RecordType, Siblings, Spot } from "../../../core/src/index";
import {
  baseCompletions, entrySnippet, fileTypes, FleetPlan, freeFunctionCompletions, functionCompletions, guestBaseCompletions, GuestPlan, guestSizeCompletions, keyCompletions, mapKeyCompletions, shapesOf, sizeCompletions, spotAt, valueCompletions,
} from "../../../core/src/index";
import type { Cursor } from "../jsonc/cursor";
import { cursorAt } from "../jsonc/cursor";
import { siblingsOf, siblingText } from "../jsonc/siblings";
import type { Snapshot } from "../workspace/workspace";
import { baseNamesAt } from "./baseNames";

/** What could stand at a place of a text, and what of the text it takes the place of. */
export interface Suggestions {
  /** The best first. */
  readonly completions: readonly Completion[];
  readonly cursor: Cursor;
}

export function suggestionsAt(snapshot: Snapshot, position: Position): Suggestions | undefined {
  const { source } = snapshot.checked;
  const cursor = cursorAt(source, source.offset(position));
  if (!cursor) return undefined;
  // Before the first key is written, a file whose name says nothing is most likely a platform.
  const type = fileTypes[snapshot.checked.kind ?? "platform"];
  return { completions: cursor.what === "key" ? keysAt(type, cursor) : valuesAt(snapshot, type, cursor), cursor };
}

function keysAt(file: RecordType, cursor: Cursor): Completion[] {
  const type = spotAt(file, cursor.path)?.type;
  const record = type && shapesOf(type).find((shape): shape is RecordType => shape.kind === "record");
  if (record) return keyCompletions(record, cursor.present);
  const map = type && shapesOf(type).find((shape): shape is MapType => shape.kind === "map");
  return map ? mapKeyCompletions(map, cursor.present) : [];
}

function valuesAt(snapshot: Snapshot, file: RecordType, cursor: Cursor): Completion[] {
  const spot = spotAt(file, cursor.path);
  if (!spot) return [];
  const isElement = typeof cursor.path.at(-1) === "number";
  const known = valueCompletions(spot.type, isElement ? undefined : spot.field, { [Symbol.iterator]: () => namesIn(snapshot) });
  const entries = isElement ? shapesOf(spot.type).flatMap((shape) => (shape.kind === "record" ? [entrySnippet(shape)] : [])).filter((one) => one !== undefined) : [];
  return [...placesAt(snapshot, spot, cursor), ...baseNamesAt(snapshot, spot, cursor.path), ...entries, ...(entries.length > 0 ? known.filter((one) => one.kind !== "shape") : known)];
}

/** Gone through only for a value that is a name. */
function* namesIn(snapshot: Snapshot): Generator<readonly [string, EntryKind | undefined]> {
  const { checked, lastGood } = snapshot;
  const names = (checked.extended ?? checked).names;
  for (const [name, declared] of names.size > 0 ? names : ((lastGood?.extended ?? lastGood)?.names ?? [])) yield [name, declared.entryKind];
  yield* hostNames(snapshot);
}

/** What the map suggests, of the text as it is or as it was before it broke. */
function placesAt({ checked, lastGood }: Snapshot, { type, key }: Spot, { path }: Cursor): Completion[] {
  const { source } = checked;
  const plan = checked.filePlan ?? lastGood?.filePlan;
  if (type.kind === "pci-address" && plan instanceof GuestPlan) return ofHosts(plan, siblingText(source, path, "host"));
  if (plan instanceof GuestPlan) {
    const siblings = siblingsOf(source, path, (of) => plan.expressionAt(of)?.value);
    return type.kind === "address" ? guestBaseCompletions(plan, path, siblings) : type.kind === "size" && key === "size" ? guestSizeCompletions(plan, path, siblings) : [];
  }
  const platform = checked.plan ?? lastGood?.plan;
  if (!platform) return [];
  const siblings = (): Siblings => siblingsOf(source, path, (of) => platform.expressionAt(of)?.value);
  if (type.kind === "address") return baseCompletions(platform, path, siblings());
  if (type.kind === "size" && key === "size") return sizeCompletions(platform, path, siblings());
  if (type.kind === "pci-address") return pciAddresses(platform, path);
  return [];
}

function pciAddresses(plan: Plan, path: Cursor["path"]): Completion[] {
  const isOwn = path.at(-1) === "at" && path[0] === "pci";
  return isOwn ? freeFunctionCompletions(plan, path) : functionCompletions(plan, undefined);
}

function ofHosts(plan: GuestPlan, host: string | undefined): Completion[] {
  const hosts = plan.hosts.filter(({ name }) => host === undefined || host === "" || name === host);
  return hosts.flatMap((one) => functionCompletions(one.plan, hosts.length > 1 ? one.name : undefined));
}

function hostNames({ checked, lastGood }: Snapshot): (readonly [string, EntryKind])[] {
  const plan = checked.filePlan ?? lastGood?.filePlan;
  return plan instanceof GuestPlan || plan instanceof FleetPlan ? plan.hosts.map((host) => [host.name, "platform"] as const) : [];
}
