// Brings a new draft of a machine into its old description: facts that differ are replaced, new entries set in, everything else stays as
// its author left it. Knows nothing of files. A change is a line in `changes`, what the draft no longer has a line in `kept`.
import type { Path } from "../../../core/src/index";
import { parseSize } from "../../../core/src/index";
import { textEdits, type TextEdit } from "../jsonc/edit";
import type { MergeEdits } from "../jsonc/mergeEdits";
import { cutOut, passageWithComments, valuePassage } from "../jsonc/passage";
import type { View } from "../jsonc/view";
import { EXTENT_KEYS, extentOf, printExtent, renewExtent } from "./updateExtent";
import type { Matches } from "./updateMatch";
import { matchPlatforms } from "./updateMatch";
import { isReference, isSame, isUnknown } from "./updateSame";

/** The author's: never renewed. The platform's name comes from the archive's. */
const OWN_KEYS: ReadonlySet<string> = new Set(["platform", "name", "at"]);
/** Lists whose entries are parts of the machine, or of an entry, even where the draft has no such list at all. */
const SECTIONS: ReadonlySet<string> = new Set(["memory", "devices", "reserved", "doorbells", "iommus", "pci", "cxlWindows"]);
/** What configuration space says of the device itself. */
const DEVICE_FACTS: ReadonlySet<string> = new Set(["class", "buses", "acs", "windows", "bars", "msi", "driver", "virtualFunctions", "ats"]);

export class Merge {
  readonly changes: string[] = [];
  readonly kept: string[] = [];
  /** Members to take away before anything else: removing and adding side by side leaves commas that belong to neither. */
  readonly outdated: { readonly path: Path; readonly change: string }[] = [];
  private readonly matches: Matches;
  private readonly newNames = new Map<string, string>();
  private readonly taken: Set<string>;

  constructor(
    private readonly old: View,
    private readonly fresh: View,
    private readonly edits: MergeEdits,
  ) {
    this.matches = matchPlatforms(old, fresh);
    this.taken = new Set(namesIn(old));
    for (const name of namesIn(fresh)) if (!this.matches.names.has(name)) this.newNames.set(name, this.free(name));
  }

  run(): void {
    this.record(this.old, this.fresh, "");
  }

  private record(old: View, fresh: View, where: string): void {
    const handled = this.extent(old, fresh, where) ? EXTENT_KEYS : [];
    if (isAnotherDevice(old, fresh)) this.anotherDevice(old, fresh, where);
    else if (fresh.members.has("at")) this.nowAbsent(old, fresh, where);
    let behind: string | undefined;
    for (const [key, value] of fresh.members) {
      const one = old.members.get(key);
      if (one && !OWN_KEYS.has(key) && !handled.includes(key)) this.value(key, one, value, where);
      if (!one && !OWN_KEYS.has(key) && !handled.includes(key) && !isUnknown(value)) this.member(old, behind, key, value, where);
      if (one) behind = key;
    }
    for (const [key, value] of old.members) if (SECTIONS.has(key) && !fresh.members.has(key)) this.keep(value, key, where);
  }

  /** True when the entries' places are dealt with. */
  private extent(old: View, fresh: View, where: string): boolean {
    const [was, is] = [extentOf(old), extentOf(fresh)];
    const moved = renewExtent(old, fresh, this.edits);
    const machine = printExtent(is ?? []);
    if (moved === "changed") this.changes.push(`${where}: ${printExtent(was ?? [])} is now ${machine}`);
    if (moved === "unreadable") this.kept.push(`${where}: its place is not in plain numbers, so it is left; the machine says ${machine}`);
    if (moved === "needs another form") this.kept.push(`${where}: its place would need "ranges", so it is left; the machine says ${machine}`);
    return moved !== "no place";
  }

  /** What was said of the device that was there before does not hold for the one that is there now. */
  private anotherDevice(old: View, fresh: View, where: string): void {
    this.kept.push(`${where} is another device now; see that its name and its comments still hold`);
    for (const [key, value] of old.members) {
      if (!DEVICE_FACTS.has(key) || fresh.members.has(key)) continue;
      this.outdated.push({ path: value.path, change: `${path(where, key)}, of the device that was there, is gone: ${shown(value)}` });
    }
  }

  /** Of a function that could be read now, what is not said is not there: `"unknown"` no longer holds. */
  private nowAbsent(old: View, fresh: View, where: string): void {
    for (const [key, value] of old.members) {
      if (!DEVICE_FACTS.has(key) || !isUnknown(value) || fresh.members.has(key)) continue;
      this.outdated.push({ path: value.path, change: `${path(where, key)}: "unknown" is now known to be absent` });
    }
  }

  private value(key: string, old: View, fresh: View, where: string): void {
    if (isUnknown(fresh)) return;
    if (key === "captured" && where === "") this.captured(old, fresh);
    else if (old.isObject && fresh.isObject) this.record(old, fresh, path(where, key));
    else if (isEntries(fresh) && (isEntries(old) || (old.isList && this.areElsewhere(fresh)))) this.list(key, old, fresh, where);
    else if (!isSame(key, old, fresh, this.rename)) this.replace(key, old, fresh, where);
  }

  private replace(key: string, old: View, fresh: View, where: string): void {
    this.changes.push(`${path(where, key)}: ${shown(old)} is now ${shown(fresh)}`);
    const { text } = fresh;
    const size = text !== undefined && old.text !== undefined && ADDRESSES.has(key) ? parseSize(text) : undefined;
    if (typeof size === "bigint") this.edits.replace(old, key === "size" || key === "granularity" ? { size } : { address: size });
    else this.edits.write(old, valuePassage(fresh, this.editsOfNew(fresh)));
  }

  private member(object: View, behind: string | undefined, key: string, value: View, where: string): void {
    if (this.areElsewhere(value)) return value.items.forEach((entry) => this.elsewhere(entry));
    this.edits.addMember(object, behind, passageWithComments(value, this.editsOfNew(value)));
    this.changes.push(`${path(where, key)} is new: ${shown(value)}`);
  }

  private list(key: string, old: View, fresh: View, where: string): void {
    let behind: View | undefined;
    for (const entry of fresh.items) {
      const one = this.matches.oldOf.get(entry.node);
      if (!one) this.element(key, old, behind, entry, where);
      else if (isIn(one, old)) behind = one;
      if (one && !isIn(one, old)) this.elsewhere(entry);
      else if (one) this.record(one, entry, entryPath(where, key, one));
    }
    this.keep(old, key, where);
  }

  private element(key: string, list: View, behind: View | undefined, entry: View, where: string): void {
    this.edits.addElement(list, behind, passageWithComments(entry, this.editsOfNew(entry)));
    this.changes.push(`${entryPath(where, key, entry, this.rename)} is new`);
  }

  private keep(list: View, key: string, where: string): void {
    for (const entry of list.items)
      if (entry.isObject && !this.matches.found.has(entry.node)) this.kept.push(`${entryPath(where, key, entry)} is not in the capture; it is kept`);
  }

  /** What the machine said is not the author's: it is replaced, in parts where both have the same parts. */
  private captured(old: View, fresh: View): void {
    const keys = [...new Set([...old.members.keys(), ...fresh.members.keys()])];
    const parts = keys.map((key) => ({ key, was: old.members.get(key), is: fresh.members.get(key) }));
    const differing = parts.filter(({ key, was, is }) => !was || !is || !isSame(key, was, is));
    if (differing.length === 0) return;
    this.changes.push(`captured is replaced: ${differing.map(({ key, is }) => (is ? key : `${key} (gone)`)).join(", ")}`);
    if (differing.some(({ was, is }) => !was || !is)) this.edits.write(old, valuePassage(fresh));
    else for (const { was, is } of differing) if (was && is) this.edits.write(was, valuePassage(is));
  }

  /** A function that the description has, in another place than the machine: moving it would tear its comments from it. */
  private elsewhere(entry: View): void {
    const old = this.matches.oldOf.get(entry.node);
    this.kept.push(`${label(entry)} is behind another bridge now, or in front of one; move it by hand`);
    if (old) this.record(old, entry, label(old));
  }

  private areElsewhere(list: View): boolean {
    return isEntries(list) && list.items.every((entry) => this.matches.oldOf.has(entry.node));
  }

  /** What has to change in a part of the draft before it is set in: names, and functions that the description has elsewhere. */
  private editsOfNew(part: View): readonly TextEdit[] {
    const { file } = part.source;
    const moved: View[] = [];
    const renamed: { at: View; name: string }[] = [];
    this.walk(part, moved, renamed);
    const renames = renamed.map(({ at, name }) => ({ op: "replace" as const, at: { file, path: at.path, part: "value" as const }, value: { json: name } }));
    return [...(textEdits(part.source, renames) ?? []), ...cutOut(moved)].sort((a, b) => a.start - b.start);
  }

  private walk(part: View, moved: View[], renamed: { at: View; name: string }[]): void {
    const key = part.path.findLast((step) => typeof step === "string");
    if (this.areElsewhere(part) || (part.isObject && this.matches.oldOf.has(part.node))) {
      moved.push(part);
      (part.isList ? part.items : [part]).forEach((entry) => this.elsewhere(entry));
    } else if (part.text === undefined) [...part.members.values(), ...part.items].forEach((inner) => this.walk(inner, moved, renamed));
    else if ((key === "name" || isReference(key)) && this.rename(part.text) !== part.text) renamed.push({ at: part, name: this.rename(part.text) });
  }

  private readonly rename = (name: string): string => this.matches.names.get(name) ?? this.newNames.get(name) ?? name;

  private free(name: string): string {
    let free = name;
    for (let number = 2; this.taken.has(free); number++) free = `${name}-${number}`;
    this.taken.add(free);
    return free;
  }
}

/** Keys whose plain values are addresses or sizes. */
const ADDRESSES: ReadonlySet<string> = new Set(["base", "last", "size", "cpu", "bus", "granularity", "align"]);

function* namesIn(view: View): Generator<string> {
  for (const [key, value] of view.members) {
    if (key === "captured") continue;
    if (key === "name" && value.text !== undefined) yield value.text;
    yield* namesIn(value);
  }
  for (const item of view.items) yield* namesIn(item);
}

function isAnotherDevice(old: View, fresh: View): boolean {
  const [was, is] = [old.textOf("id"), fresh.textOf("id")];
  return was !== undefined && is !== undefined && was.toLowerCase() !== is.toLowerCase();
}

function isEntries(value: View): boolean {
  return value.isList && value.items.length > 0 && value.items.every((item) => item.isObject);
}

function isIn(entry: View, list: View): boolean {
  return entry.path.length === list.path.length + 1 && list.path.every((step, index) => step === entry.path[index]);
}

function label(entry: View): string {
  const said = ["name", "at", "range", "bar", "ids", "type"].map((key) => entry.textOf(key)).find((text) => text !== undefined);
  return said ?? String(Number(entry.path.at(-1)) + 1);
}

/** Functions and named entries are known by themselves; others are parts of what they are in. */
function entryPath(where: string, key: string, entry: View, rename: (name: string) => string = (name) => name): string {
  if (entry.members.has("at") && key === "devices") return label(entry);
  return path(where, `${key} ${rename(label(entry))}`);
}

function path(where: string, key: string): string {
  return where === "" ? key : `${where} ${key}`;
}

/** A value in a message: short. */
function shown(value: View): string {
  const raw = value.source.tree.raw(value.node).replace(/\s+/g, " ");
  return raw.length > 60 ? `${raw.slice(0, 57)}…` : raw;
}
