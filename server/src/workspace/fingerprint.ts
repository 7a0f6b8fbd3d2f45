// By what a finding is known again in a later state of its file: by who takes part in it, and, for when these are renamed, by what they say.
// Neither holds a line, an index or the file's own name. Knows nothing of what is done with known findings.
import { createHash } from "node:crypto";
import type { Finding, Path, Place } from "../../../core/src/index";
import { isTextSpan } from "../../../core/src/index";
import type { Source } from "../jsonc/source";
import type { Node } from "../jsonc/tree";
import { NodeKind } from "../jsonc/tree";
import type { CheckedFile } from "./check";
import { findingKey, sourceOf } from "./check";

/** Hexadecimal digests. Of several findings that look the same, each has its own. */
export interface Fingerprint {
  /** By the rule and the names of those who take part. Survives other addresses. */
  readonly byName: string;
  /** By the rule and what those who take part say besides their names. Survives a new name. */
  readonly byPlace: string;
}

/** Characters of a digest: 80 bits, which no two findings of one repository share by chance. */
const DIGITS = 20;

/** The fingerprints of a file's findings, in their order. */
export function fingerprintsOf(checked: CheckedFile): readonly Fingerprint[] {
  const { findings } = checked;
  const byName = numbered(findings.map((finding) => findingKey(checked, finding)));
  const byPlace = numbered(findings.map((finding) => placeKey(checked, finding)));
  return findings.map((_, index) => ({ byName: byName[index] as string, byPlace: byPlace[index] as string }));
}

function numbered(keys: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return keys.map((key) => {
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return createHash("sha256").update(`${key}\n${count}`).digest("hex").slice(0, DIGITS);
  });
}

function placeKey(checked: CheckedFile, finding: Finding): string {
  const participants = [finding.at, ...finding.related.map((one) => one.at)].map((place) => wordsAt(sourceOf(checked, place), place));
  return [finding.rule, ...participants.sort()].join("\n");
}

/** What the entry around a place says, and which of its values the place is. */
function wordsAt(source: Source, place: Place): string {
  if (isTextSpan(place)) return source.text.slice(place.start, place.end);
  const entry = entryAround(source, place.path);
  const keys = place.path.filter((step) => typeof step === "string").join("/");
  return entry < 0 ? keys : `${keys} ${wordsOf(source, entry)}`;
}

/** The innermost element of a list on the way to a value; −1 for what is in no list. */
function entryAround(source: Source, path: Path): Node {
  const depth = path.findLastIndex((step) => typeof step === "number");
  return depth < 0 ? -1 : source.valueAt(path.slice(0, depth + 1));
}

/** The tokens of a value without its name, its comments and its layout. */
function wordsOf({ tree }: Source, node: Node): string {
  const words: string[] = [];
  for (let at = node; at < tree.after(node); ) {
    const isName = tree.kind(at) === NodeKind.Property && ["name", "description"].includes(tree.string(at));
    if (!isName && tree.kind(at) > NodeKind.Array) words.push(tree.raw(at));
    at = isName ? tree.after(at) : at + 1;
  }
  return words.join(" ");
}
