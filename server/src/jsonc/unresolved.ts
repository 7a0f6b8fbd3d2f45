// References that lead to no name of their file, each with the name that may have been meant. Knows nothing of other files.
import type { EntryKind, Problem } from "../../../core/src/index";
import { nearestWord } from "./nearest";
import type { Reference } from "./read";
import type { DeclaredName } from "./recordLayout";

/** Once so many names were compared with misspelt references, the rest get no suggestion: a file full of them must not take minutes. */
const COMPARISON_LIMIT = 50_000;

/** A problem for each reference that leads to no name of the file. */
export function unresolved(references: readonly Reference[], names: ReadonlyMap<string, DeclaredName>): Problem[] {
  const problems: Problem[] = [];
  let comparisons = 0;
  for (const reference of references) {
    // What other files declare is looked for by who reads them.
    if (reference.to.includes("platform")) continue;
    const found = names.get(reference.name);
    if (found?.entryKind !== undefined && reference.to.includes(found.entryKind)) continue;
    const candidates = comparisons > COMPARISON_LIMIT ? [] : namesOf(names, reference.to);
    comparisons += candidates.length;
    const nearest = nearestWord(reference.name, candidates);
    problems.push({ kind: "unknown-reference", at: reference.at, name: reference.name, nouns: reference.to, nearest, otherKind: found?.entryKind });
  }
  return problems;
}

function namesOf(names: ReadonlyMap<string, DeclaredName>, kinds: readonly EntryKind[]): string[] {
  return [...names].filter(([, declared]) => declared.entryKind !== undefined && kinds.includes(declared.entryKind)).map(([name]) => name);
}
