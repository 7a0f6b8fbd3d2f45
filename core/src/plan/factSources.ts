// Where the facts of entries come from, as their author says: of an entry that says nothing, what the entry says that holds it. Knows nothing of single kinds
// of entry, nor of words around a source.
import type { Path } from "../anchor";
import { jsonPointer } from "../anchor";
import type { FactSource } from "../language/factSource";
import type { Entry } from "../language/valueType";
import type { FilePlan } from "./filePlan";
import { perPlan } from "./perPlan";

/** A source on one line: "SoC manual, section 2.4, page 214, from d05.tar.gz". Undefined where it says nothing. Text of the document, not escaped. */
export function printFactSource(source: FactSource | undefined): string | undefined {
  if (source === undefined) return undefined;
  const { document, section, page, capture } = typeof source === "string" ? { document: source } as Exclude<FactSource, string> : source;
  const parts = [
    worded("", document), worded("section ", section), worded(/[-,]/.test(String(page ?? "")) ? "pages " : "page ", page?.toString()),
    worded("captured: ", capture),
  ].filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** The source of the innermost entry on a path that has one; undefined where none has. */
export function factSourceAt(plan: FilePlan, path: Path): string | undefined {
  const sources = sourcesOf(plan);
  if (sources.size === 0) return undefined;
  for (let length = path.length; length > 0; length--) {
    const source = sources.get(jsonPointer(path.slice(0, length)));
    if (source !== undefined) return source;
  }
  return undefined;
}

function worded(word: string, text: string | undefined): string {
  const plain = text?.replace(/\s+/g, " ").trim() ?? "";
  return plain === "" ? "" : `${word}${plain}`;
}

/** By the JSON pointer of the entry that says it. What a machine said of itself (`captured`) has sources of another kind. */
const sourcesOf = perPlan<ReadonlyMap<string, string>, FilePlan>((plan) => {
  const sources = new Map<string, string>();
  collect(plan.said, sources);
  return sources;
});

function collect(value: unknown, sources: Map<string, string>): void {
  if (Array.isArray(value)) return value.forEach((one) => collect(one, sources));
  if (!isEntry(value)) return;
  const source = printFactSource(value["source"] as FactSource | undefined);
  if (source !== undefined) sources.set(jsonPointer(value.anchor.path), source);
  for (const key of Object.keys(value)) if (key !== "source" && key !== "captured") collect(value[key], sources);
}

function isEntry(value: unknown): value is Entry & Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && "anchor" in value;
}
