// Reads /proc/iomem and /proc/ioports: a tree of ranges with names. Knows nothing of what a name stands for.
import type { CapturedRange, Reading, Unread } from "./reading";
import { holds, linesOf, parseHexRange } from "./reading";

/** A resource of the kernel, addresses inclusive. The space is physical for iomem, I/O ports for ioports. */
export interface Resource extends CapturedRange {
  readonly name: string;
  readonly children: readonly Resource[];
}

/** Deeper than any machine nests: past it a file is not believed. */
const DEPTH_LIMIT = 64;
const LINE = /^ *([0-9a-f]+)-([0-9a-f]+) : (.*)$/i;

/**
 * Reads the text of /proc/iomem or /proc/ioports. `hidden` is true when every address is zero, which is what
 * readers without root get (domain.md 7.6): then there are no resources, and `unread` says so.
 * Nesting follows from containment, since the kernel stops indenting at the fifth level.
 */
export function readIomem(
  text: string,
  where: string,
): Reading<{ readonly resources: Resource[]; readonly hidden: boolean }> {
  const unread: Unread[] = [];
  const flat: (CapturedRange & { name: string; line: number })[] = [];
  linesOf(text).forEach((line, index) => {
    if (line.trim() === "") return;
    const parts = LINE.exec(line);
    const range = parts && parseHexRange(parts[1], parts[2]);
    if (range) flat.push({ ...range, name: (parts[3] ?? "").trim(), line: index + 1 });
    else
      unread.push({
        where: `${where}:${index + 1}`,
        because: `not a line like "00100000-7fffffff : System RAM": ${JSON.stringify(line.slice(0, 60))}`,
      });
  });
  if (flat.length > 0 && flat.every((one) => one.base === 0n && one.last === 0n)) {
    return {
      facts: { resources: [], hidden: true },
      unread: [...unread, { where, because: "every address is zero: it was read without root" }],
    };
  }
  // A resource that was given up is printed as a single zero.
  const placed = flat.filter((one) => one.last !== 0n);
  return { facts: { resources: nest(placed, where, unread), hidden: false }, unread };
}

function nest(
  flat: readonly (CapturedRange & { name: string; line: number })[],
  where: string,
  unread: Unread[],
): Resource[] {
  const roots: Resource[] = [];
  const open: { resource: Resource; children: Resource[] }[] = [];
  for (const { line, ...range } of flat) {
    while (open.length > 0 && !holds((open.at(-1) as { resource: Resource }).resource, range)) open.pop();
    const children: Resource[] = [];
    const resource = { ...range, children };
    if (open.length >= DEPTH_LIMIT) {
      unread.push({ where: `${where}:${line}`, because: `nested more than ${DEPTH_LIMIT} levels deep` });
      continue;
    }
    (open.at(-1)?.children ?? roots).push(resource);
    open.push({ resource, children });
  }
  return roots;
}
