// What a text says that differs from an earlier one inside one entry of a platform: only that entry is read anew. Knows nothing of rules.
import type { Entry, EntryChange, Place, Platform, Problem } from "../../../core/src/index";
import { isTextSpan, platformFile, sameAnchor } from "../../../core/src/index";
import { commentProblems } from "../jsonc/comments";
import type { Reference } from "../jsonc/read";
import { readEntry } from "../jsonc/read";
import type { DeclaredName } from "../jsonc/recordLayout";
import { withValue } from "../jsonc/recordLayout";
import type { ChangedEntry } from "../jsonc/reparse";
import { reparse } from "../jsonc/reparse";
import type { Source } from "../jsonc/source";
import { unresolved } from "../jsonc/unresolved";
import type { TextReading } from "./textReading";

/**
 * Undefined where the whole text has to be read: when more than one entry has changed, when what stands elsewhere may mean something else now (expressions,
 * names that are declared twice, other files), and when something of it could not be read that has no path.
 */
export function rereadText(old: TextReading, text: string): TextReading | undefined {
  const { said, source: oldSource } = old;
  if (said?.kind !== "platform" || old.expressions.length > 0 || old.files.length > 0 || !arePlain(old.problems)) return undefined;
  const reparsed = reparse(oldSource.tree, text);
  if (!reparsed) return undefined;
  const { entry } = reparsed;
  const source = oldSource.after(reparsed);
  const [before, after] = [readEntry(oldSource, platformFile, entry), readEntry(source, platformFile, entry)];
  const entries = said.plan.platform[entry.list as keyof Platform] as readonly Entry[] | undefined;
  // A list that lost an entry to a problem has other indices than the text.
  const replaced = entries?.[entry.index];
  if (!before || !after?.value || !replaced || !isUnder(replaced.anchor, entry) || after.expressions.length > 0 || after.files.length > 0 || !arePlain(after.problems)) return undefined;
  const names = namesAfter(old, before.names, after.names, entry);
  const references = replacedRun(old.references, before.references, after.references);
  if (!names || !references) return undefined;
  const problems = problemsAfter(old.problems, entry, after.problems, unresolved(references, names), source);
  const change: EntryChange = { list: entry.list, before: replaced, after: after.value, sameNames: names === old.names };
  const value = withValue(said.plan.platform, entry.list, entries.with(entry.index, after.value));
  const plan = said.plan.after(change, { value, problems, names, expressions: [] });
  return { ...old, source, problems, names, references, said: { kind: "platform", plan } };
}

/** A remark on a comment is made anew each time; everything else has to be found again by its path. */
function arePlain(problems: readonly Problem[]): boolean {
  return problems.every((one) => one.kind === "comment-disagrees" || !isTextSpan(one.at));
}

function isUnder(at: Place, { list, index }: ChangedEntry): boolean {
  return !isTextSpan(at) && at.path[0] === list && at.path[1] === index;
}

type Names = ReadonlyMap<string, DeclaredName>;

/** The names after the change, in the order of the text; the same object when nothing of them has changed. Undefined when one of them is declared elsewhere, too. */
function namesAfter({ names: old, problems }: TextReading, before: Names, after: Names, entry: ChangedEntry): Names | undefined {
  for (const name of before.keys()) if (!isOfEntry(old, name, entry)) return undefined;
  for (const name of after.keys()) if (old.has(name) && !isOfEntry(old, name, entry)) return undefined;
  if (areSame(before, after)) return old;
  const [first] = before.keys();
  if (first === undefined || problems.some((one) => one.kind === "duplicate-name")) return undefined;
  const names = new Map<string, DeclaredName>();
  for (const [name, declared] of old) {
    if (name === first) for (const [own, one] of after) names.set(own, one);
    else if (!before.has(name)) names.set(name, declared);
  }
  return names;
}

function isOfEntry(names: Names, name: string, entry: ChangedEntry): boolean {
  const declared = names.get(name);
  return declared !== undefined && isUnder(declared.declaredAt, entry);
}

function areSame(before: Names, after: Names): boolean {
  const others = [...after];
  return before.size === after.size && [...before].every(([name, one], index) => {
    const [otherName, other] = others[index] ?? [];
    return name === otherName && other !== undefined && one.entryKind === other.entryKind && sameAnchor(one.declaredAt, other.declaredAt);
  });
}

/** The references of the file with those of the entry replaced; undefined when they have no place in it yet. */
function replacedRun(all: readonly Reference[], before: readonly Reference[], after: readonly Reference[]): readonly Reference[] | undefined {
  const [first] = before;
  if (!first) return after.length === 0 ? all : undefined;
  const start = all.findIndex((one) => samePlace(one.at, first.at));
  return start < 0 ? undefined : all.toSpliced(start, before.length, ...after);
}

function samePlace(a: Place, b: Place): boolean {
  return !isTextSpan(a) && !isTextSpan(b) && sameAnchor(a, b);
}

function problemsAfter(old: readonly Problem[], entry: ChangedEntry, ofEntry: readonly Problem[], ofReferences: readonly Problem[], source: Source): readonly Problem[] {
  const kept = old.filter((one) => one.kind !== "comment-disagrees" && one.kind !== "unknown-reference" && !isUnder(one.at, entry));
  return kept.concat(ofEntry, ofReferences, commentProblems(source));
}
