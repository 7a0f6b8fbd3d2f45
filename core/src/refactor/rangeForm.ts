// The other forms in which an entry can say where it lies: base and size, base and last byte, one range. Knows nothing of editors, nor of text.
import { lastOf, sizeOf } from "../address";
import type { Anchor, Path } from "../anchor";
import { jsonPointer, parentOf, under } from "../anchor";
import type { Edit } from "../finding";
import { spotAt } from "../language/lookup";
import { fileTypes } from "../language/fileTypes";
import type { Entry, Extent, ExtentForm, ExtentKeys } from "../language/valueType";
import { entryAt } from "../plan/entryAt";
import { extentsOf } from "../plan/extents";
import type { FilePlan } from "../plan/filePlan";
import { printAddress, printRange, printSizeLiteral } from "../print";

export interface FormChange {
  readonly title: string;
  readonly edits: readonly Edit[];
}

const TITLES: Readonly<Record<Exclude<ExtentForm, "ranges">, string>> = {
  "base-size": "Write with base and size",
  "base-last": "Write with base and last byte",
  range: "Write as one range",
};

/** The other forms for the entry around an anchor. None for several ranges, for expressions, and where the language has no other form. */
export function formChanges(plan: FilePlan, anchor: Anchor): FormChange[] {
  const found = plan.kind === "text" ? undefined : entryAround(plan.said, anchor);
  if (!found || plan.kind === "text") return [];
  const { entry, extent, keys } = found;
  const written = Object.keys(keysOf(extent, keys)).map((key) => [...entry.path, key]);
  if (extent.form === "ranges" || written.some((path) => plan.expressionAt(path) !== undefined)) return [];
  const record = spotAt(fileTypes[plan.kind], entry.path)?.type;
  const fields = record?.kind === "record" ? record.fields : {};
  const has = (key: string | undefined): key is string => key !== undefined && Object.hasOwn(fields, key);
  const forms: Exclude<ExtentForm, "ranges">[] = ["base-size", ...(has(keys.last) ? ["base-last" as const] : []), ...(has(keys.range) ? ["range" as const] : [])];
  return forms.filter((form) => form !== extent.form).map((form) => ({ title: TITLES[form], edits: editsTo(form, entry, extent, keys) }));
}

/** The keys that say where the entry lies now. */
function keysOf({ form, at }: Extent, { base, size, last, range }: ExtentKeys): Readonly<Record<string, true>> {
  if (form === "range") return { [range ?? String(at.path.at(-1))]: true };
  return form === "base-last" ? { [base]: true, [last ?? ""]: true } : { [base]: true, [size]: true };
}

function editsTo(form: ExtentForm, entry: Anchor, { form: had, ranges: [range] }: Extent, keys: ExtentKeys): Edit[] {
  const at = (key: string | undefined): Anchor => under(entry, key ?? "");
  const side = had === "base-size" ? keys.size : keys.last;
  if (form === "range") {
    return [...replaced(at(keys.base), keys.range ?? "", { json: printRange(range) }), { op: "remove", at: at(side) }];
  }
  // As JSON: neither takes the style of the other kind of value that it replaces.
  const other = form === "base-size" ? { key: keys.size, value: { json: printSizeLiteral(sizeOf(range)) } } : { key: keys.last ?? "", value: { json: printAddress(lastOf(range)) } };
  if (had !== "range") return replaced(at(side), other.key, other.value);
  return [...replaced(at(keys.range), keys.base, { json: printAddress(range.base) }), { op: "add", to: entry, key: other.key, value: other.value, after: keys.range ?? "" }];
}

function replaced(at: Anchor, key: string, value: Extract<Edit, { op: "replace" }>["value"]): Edit[] {
  return [{ op: "rename", at, key }, { op: "replace", at, value }];
}

/** The innermost entry with a place that holds the anchor. */
function entryAround(said: unknown, { path }: Anchor): { entry: Anchor; extent: Extent; keys: ExtentKeys } | undefined {
  const pointer = `${jsonPointer(path)}/`;
  const around = [...extentsOf(partAround(said, path))].filter(({ entry, isFirst }) => isFirst && pointer.startsWith(`${jsonPointer(entry.path)}/`)).at(-1);
  const keys = around && extentKeys(around.extent, around.entry);
  return around && keys && { entry: around.entry, extent: around.extent, keys };
}

/** What the description's outermost key around a path gives; of a list of entries, the one. */
function partAround(said: unknown, [key, index]: Path): unknown {
  const part = key === undefined ? undefined : (said as Readonly<Record<string, unknown>>)[key];
  if (!Array.isArray(part)) return part;
  // Other lists hold plain texts, which lie nowhere.
  const entries = part.filter((one): one is Entry => typeof one === "object" && one !== null && "anchor" in one);
  return typeof index === "number" ? entryAt(entries, index) : undefined;
}

/** From the key that gives the base one knows the others. Windows with two sides have one form only. */
function extentKeys({ at, form }: Extent, entry: Anchor): ExtentKeys | undefined {
  const key = String(at.path.at(-1));
  if (jsonPointer(parentOf(at).path) !== jsonPointer(entry.path) || key === "cpu") return undefined;
  const base = key === "bus" ? "bus" : form === "range" && entry.path.at(-2) === "windows" ? "bus" : "base";
  return { space: "pa", base, size: "size", last: "last", range: "range" };
}
