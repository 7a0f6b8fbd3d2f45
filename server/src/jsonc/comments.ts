// Comments that state a size, held against the value beside them (MAP014). Knows nothing of what the size is of.
import type { Problem } from "../../../core/src/index";
import { parseAddress, parseBounds, parseSize, printSizeLiteral } from "../../../core/src/index";
import type { Source } from "./source";
import type { Node } from "./tree";
import { NodeKind } from "./tree";

/** A size at the beginning of a comment: `// 20MB`, `/* 64 KiB of SRAM`. */
const STATED = /^\/[/*]\s*(?:=\s*)?([0-9]+)(?:\.([0-9]+))?\s*(K|M|G|T)(i?)B?\b/i;
const POWERS: Readonly<Record<string, bigint>> = { K: 1n, M: 2n, G: 3n, T: 4n };

/** Comments whose number is not the size of the value in front of them on the same line. */
export function commentProblems(source: Source): Problem[] {
  const problems: Problem[] = [];
  const { comments } = source.tree;
  for (let i = 0; i < comments.length; i += 2) {
    const problem = beginsWithNumber(source.text, comments[i] as number) ? compare(source, comments[i] as number, comments[i + 1] as number) : undefined;
    if (problem) problems.push(problem);
  }
  return problems;
}

/** Most comments state no size, which their first word shows. Blanks that are not ASCII are left to the expression. */
function beginsWithNumber(text: string, comment: number): boolean {
  let at = comment + 2;
  while (text.charCodeAt(at) <= SPACE || text.charCodeAt(at) === EQUALS) at++;
  const code = text.charCodeAt(at);
  return (code >= DIGIT_0 && code <= DIGIT_9) || !(code < 0x80);
}

const [SPACE, EQUALS, DIGIT_0, DIGIT_9] = [0x20, 0x3d, 0x30, 0x39];

function compare(source: Source, start: number, end: number): Problem | undefined {
  const comment = source.text.slice(start, end);
  const stated = STATED.exec(comment);
  if (!stated) return undefined;
  const property = sizeBefore(source, start);
  if (property < 0) return undefined;
  const value = sizeAt(source, property);
  if (value === undefined || agrees(stated, value)) return undefined;
  const said = stated[0].replace(/^\/[/*]\s*(=\s*)?/, "").trim();
  const node = source.tree.firstChild(property);
  const anchor = source.anchorAt(source.tree.start(node));
  if (!anchor) return undefined;
  const mended = comment.replace(said, printSizeLiteral(value) + (/B$/.test(said) ? (stated[4] === "" ? "B" : "iB") : ""));
  return { kind: "comment-disagrees", at: { file: source.file, start, end, in: anchor }, comment, said, value, valueAt: anchor, mended };
}

/** `MiB` means 1024; `MB` and `M` may mean 1024 or 1000. */
function agrees([, whole = "", fraction = "", unit = "", binary = ""]: RegExpExecArray, value: bigint): boolean {
  const power = POWERS[unit.toUpperCase()] ?? 0n;
  const number = BigInt(whole + fraction);
  const scaled = value * 10n ** BigInt(fraction.length);
  return number * 1024n ** power === scaled || (binary === "" && number * 1000n ** power === scaled);
}

/** The property on the same line, nearest before the comment, whose value states a size. */
function sizeBefore(source: Source, offset: number): Node {
  const lineStart = source.offset({ line: source.position(offset).line, character: 0 });
  const { tree } = source;
  for (let node = tree.lastStartingBefore(offset); node >= 0 && tree.start(node) >= lineStart; node--) {
    if (tree.kind(node) === NodeKind.Property && sizeAt(source, node) !== undefined) return node;
  }
  return -1;
}

function sizeAt(source: Source, property: Node): bigint | undefined {
  const { tree } = source;
  const value = tree.firstChild(property);
  if (value < 0 || tree.kind(value) !== NodeKind.String) return undefined;
  const text = tree.string(value);
  if (tree.string(property) === "size") {
    const size = parseSize(text);
    return typeof size === "bigint" ? size : undefined;
  }
  if (tree.string(property) === "last") return sizeUpTo(source, property, text);
  if (tree.string(property) !== "range") return undefined;
  const bounds = parseBounds(text);
  return "because" in bounds || bounds.last < bounds.first ? undefined : bounds.last - bounds.first + 1n;
}

/** The size of an entry whose last byte stands in front of the comment; the fix mends the comment, so the value is not written. */
function sizeUpTo(source: Source, property: Node, text: string): bigint | undefined {
  const anchor = source.anchorAt(source.tree.start(property));
  const base = anchor && source.valueAt([...anchor.path.slice(0, -1), "base"]);
  if (base === undefined || base < 0 || source.tree.kind(base) !== NodeKind.String) return undefined;
  const [first, last] = [parseAddress(source.tree.string(base)), parseAddress(text)];
  return typeof first === "bigint" && typeof last === "bigint" && last >= first ? last - first + 1n : undefined;
}
