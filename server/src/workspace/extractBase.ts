// Entries of a platform file moved to a new file that this one then extends, and tried: the machine must be the same, and so must what is found about it.
// Knows nothing of editors, and writes no file.
import type { FileId, Path } from "../../../core/src/index";
import { fileId } from "../../../core/src/index";
import type { TextEdit } from "../jsonc/edit";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import { formatText } from "../jsonc/format/format";
import { OWN_KEYS } from "../jsonc/overlay";
import { Source } from "../jsonc/source";
import { takeOut } from "../jsonc/takeOut";
import type { Node } from "../jsonc/tree";
import { NodeKind } from "../jsonc/tree";
import { View } from "../jsonc/view";
import type { CheckedFile, CheckOptions } from "./check";
import { checkReading, checkText } from "./check";
import { mentionsOf } from "./mentions";
import { sameMachine } from "./sameMachine";
import type { Surroundings } from "./surroundings";
import { isUnreadable, nowhere } from "./surroundings";
import { readText } from "./textReading";

/** A stretch of the text, half-open. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface ExtractedBase {
  readonly title: string;
  /** The new file, beside this one. */
  readonly file: FileId;
  readonly name: string;
  readonly text: string;
  /** Of this file. */
  readonly edits: readonly TextEdit[];
}

/** What of a section goes: all of it, or the entries with these indices, ascending. */
type Moved = ReadonlyMap<string, "all" | readonly number[]>;

/**
 * The entries that a stretch touches, with those that they refer to, as a base file. Of a section whose key it touches all entries. Undefined where it
 * touches none, where none would be left here, and where the two files would not come to the same.
 */
export function extractedBase(checked: CheckedFile, stretch: Stretch, options: CheckOptions = {}): ExtractedBase | undefined {
  const { source, plan } = checked;
  if (!plan || source.tree.faults.length > 0) return undefined;
  const chosen = touched(source, stretch);
  if (chosen.size === 0) return undefined;
  const moved = withReferredTo(checked, chosen);
  if (sectionsOf(source).every(({ key }) => moved.get(key) === "all")) return undefined;
  const surroundings = options.surroundings ?? nowhere;
  const name = freeName(source.file, surroundings);
  const made = name === undefined ? undefined : written(source, moved, name, plan.platform.platform);
  if (name === undefined || !made) return undefined;
  const file = siblingOf(source.file, name);
  const after = withFile(surroundings, source.file, { name, file, text: made.base });
  if (!isSame(checked, checkText(source.file, made.own, { ...options, surroundings: after }), checkReading(readText(file, made.base), { ...options, surroundings: after }))) return undefined;
  return { title: titleOf(source, chosen, moved, name), file, name, text: made.base, edits: made.edits };
}

interface Section {
  readonly key: string;
  readonly index: number;
  readonly property: Node;
  readonly value: Node;
}

/** The lists and objects of a file that are about the machine. */
function sectionsOf(source: Source): readonly Section[] {
  const { tree } = source;
  return [...tree.children(tree.root)].flatMap((property, index): Section[] => {
    const [key, value] = [tree.string(property), tree.firstChild(property)];
    const isSection = value >= 0 && !OWN_KEYS.has(key) && (tree.kind(value) === NodeKind.Array || tree.kind(value) === NodeKind.Object);
    return isSection ? [{ key, index, property, value }] : [];
  });
}

function touched(source: Source, { start, end }: Stretch): Moved {
  const { tree } = source;
  const isTouched = (node: Node): boolean => tree.start(node) <= end && start <= tree.end(node);
  const moved = new Map<string, "all" | readonly number[]>();
  for (const { key, property, value } of sectionsOf(source)) {
    if (isTouched(property)) moved.set(key, "all");
    else if (start < end && isTouched(value) && tree.kind(value) === NodeKind.Array) addTo(source, moved, { key, value }, [...tree.children(value)].flatMap((child, index) => (isTouched(child) ? [index] : [])));
  }
  return moved;
}

function addTo(source: Source, moved: Map<string, "all" | readonly number[]>, { key, value }: Pick<Section, "key" | "value">, indices: readonly number[]): void {
  const known = moved.get(key) ?? [];
  if (known === "all" || indices.length === 0) return;
  const all = [...new Set([...known, ...indices])].sort((a, b) => a - b);
  moved.set(key, all.length === [...source.tree.children(value)].length ? "all" : all);
}

/** With the entries of this file whose names they use: a base must hold by itself. */
function withReferredTo(checked: CheckedFile, chosen: Moved): Moved {
  const { source } = checked;
  const moved = new Map(chosen);
  const sections = new Map(sectionsOf(source).map((section) => [section.key, section]));
  const mentions = mentionsOf(checked);
  for (let before = -1; before !== sizeOf(moved); ) {
    before = sizeOf(moved);
    for (const mention of mentions.all) {
      if (mention.role !== "reference" || mention.by !== "name" || mention.removes || !isMoved(source, moved, mention.span.start)) continue;
      for (const { role, span } of mentions.of(mention.id)) {
        const [key, index] = role === "declaration" ? pathAt(source, span.start) : [];
        const section = sections.get(String(key));
        if (section && typeof index === "number") addTo(source, moved, section, [index]);
      }
    }
  }
  return moved;
}

function sizeOf(moved: Moved): number {
  return [...moved.values()].reduce((sum, one) => sum + (one === "all" ? 1_000_000 : one.length), 0);
}

function isMoved(source: Source, moved: Moved, offset: number): boolean {
  const [key, index] = pathAt(source, offset);
  const indices = moved.get(String(key));
  return indices === "all" || (typeof index === "number" && (indices?.includes(index) ?? false));
}

function pathAt(source: Source, offset: number): Path {
  return source.anchorAt(offset)?.path ?? [];
}

interface Written {
  readonly base: string;
  readonly own: string;
  readonly edits: readonly TextEdit[];
}

/** The two texts. What the file extends so far is what the base extends. */
function written(source: Source, moved: Moved, name: string, platform: string): Written | undefined {
  const path = `./${name}`;
  const root = View.of(source);
  const former = root?.members.get("extends");
  const pieces = [`"platform": ${JSON.stringify(`${platform}-base`)},`, ...(former ? [`"extends": ${source.tree.raw(former.node)},`] : []), ...factsOf(source)];
  const anchor = { file: source.file, path: [], part: "value" } as const;
  const extending = textEdits(source, [former ? { op: "replace", at: { ...anchor, path: ["extends"] }, value: { json: path } } : { op: "add", to: anchor, key: "extends", value: { json: path }, after: "platform" }]);
  const edits = [...(extending ?? [])];
  for (const { key, index } of sectionsOf(source)) {
    const indices = moved.get(key);
    if (!indices) continue;
    const taken = indices === "all" ? takeOut(source, [], [index]) : takeOut(source, [key], indices);
    if (!taken) return undefined;
    pieces.push(indices === "all" ? taken.text : `${JSON.stringify(key)}: [\n${taken.text}\n],`);
    edits.push(...taken.edits);
  }
  edits.sort((a, b) => a.start - b.start || a.end - b.end);
  const isClear = edits.every((edit, index) => index === 0 || (edits[index - 1] as TextEdit).end <= edit.start);
  const base = formatText(new Source(source.file, `{\n${pieces.join("\n")}\n}\n`));
  return extending && isClear && base !== undefined ? { base, own: applyTextEdits(source.text, edits), edits } : undefined;
}

/** What holds for the whole machine stands in both: without it the base could not be checked. */
function factsOf({ tree }: Source): string[] {
  return [...tree.children(tree.root)].flatMap((property) => {
    const [key, value] = [tree.string(property), tree.firstChild(property)];
    const isFact = value >= 0 && !OWN_KEYS.has(key) && key !== "platform" && tree.kind(value) !== NodeKind.Array && tree.kind(value) !== NodeKind.Object;
    return isFact ? [`${JSON.stringify(key)}: ${tree.raw(value)},`] : [];
  });
}

/** The machine is the same, and each finding is in one of the two files. */
function isSame(before: CheckedFile, after: CheckedFile, base: CheckedFile): boolean {
  const found = new Set([...after.findings, ...base.findings].map(said));
  const known = new Set(before.findings.map(said));
  return sameMachine(before, after) && found.size === known.size && [...known].every((one) => found.has(one));
}

function said({ rule, message }: CheckedFile["findings"][number]): string {
  return `${rule} ${message}`;
}

function titleOf(source: Source, chosen: Moved, moved: Moved, name: string): string {
  const listed = (from: Moved, but?: Moved): string[] => [...from].flatMap(([key, indices]) => {
    const known = but?.get(key);
    if (known === "all" || indices === known) return [];
    if (indices === "all" && !known && !isShort(source, key)) return [key];
    const all = indices === "all" ? [...source.tree.children(source.valueAt([key]))].map((_, index) => index) : indices;
    return all.filter((index) => !known?.includes(index)).map((index) => nameOf(source, key, index));
  });
  const further = listed(moved, chosen);
  return `Extract ${shortList(listed(chosen))} to a base file, ${name}${further.length === 0 ? "" : `, with ${shortList(further)}, used there`}`;
}

/** A list whose entries can all be named in a title. */
function isShort(source: Source, key: string): boolean {
  const node = source.valueAt([key]);
  return node >= 0 && source.tree.kind(node) === NodeKind.Array && [...source.tree.children(node)].length <= 3;
}

function shortList(names: readonly string[]): string {
  const [last = "", ...rest] = [...names].reverse();
  if (names.length > 3) return `${names[0] ?? ""} and ${names.length - 1} more`;
  return rest.length === 0 ? last : `${rest.reverse().join(", ")} and ${last}`;
}

function nameOf(source: Source, key: string, index: number): string {
  const node = source.valueAt([key, index, "name"]);
  return node < 0 ? `${key} ${index + 1}` : source.tree.string(node);
}

/** A name beside the file that nothing has. */
function freeName(file: FileId, surroundings: Surroundings): string | undefined {
  const own = decodeURIComponent(file.slice(file.lastIndexOf("/") + 1));
  const [, stem = own, ending = "jsonc"] = /^(.*?)(?:\.platform)?\.(jsonc?)$/i.exec(own) ?? [];
  for (let count = 1; count <= 9; count++) {
    const name = `${stem}-base${count === 1 ? "" : count}.platform.${ending}`;
    const found = surroundings.find(file, `./${name}`, false);
    if (isUnreadable(found) && /not there|from here/.test(found.because)) return name;
  }
  return undefined;
}

function siblingOf(file: FileId, name: string): FileId {
  const isUri = /^[a-z][a-z0-9+.-]*:/i.test(file);
  return fileId(file.slice(0, file.lastIndexOf("/") + 1) + (isUri ? encodeURIComponent(name) : name));
}

/** Surroundings with one file more, beside `beside`. */
function withFile(surroundings: Surroundings, beside: FileId, added: { readonly name: string; readonly file: FileId; readonly text: string }): Surroundings {
  const reading = readText(added.file, added.text);
  return {
    find: (from, path, several) => (from === beside && path === `./${added.name}` ? [added.file] : surroundings.find(from === added.file ? beside : from, path, several)),
    configurationOf: (file) => surroundings.configurationOf(file === added.file ? beside : file),
    read: (file) => (file === added.file ? reading : surroundings.read(file)),
  };
}
