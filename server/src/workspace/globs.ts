// Patterns for paths: `*` is any part of a name, `**` any folders. Knows nothing of disks.

/**
 * Whether a name fits one step of a pattern. A star at its beginning does not match hidden names. Tries no place of a name twice, as a regular expression
 * would for a step of many stars.
 */
export function matchesStep(step: string, name: string): boolean {
  if (step.startsWith("*") && name.startsWith(".")) return false;
  const [first = "", ...pieces] = step.split("*");
  const last = pieces.pop();
  if (last === undefined) return name === step;
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  const middle = name.slice(first.length, name.length - last.length);
  let at = 0;
  for (const piece of pieces) {
    const found = middle.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return true;
}

/** True when a pattern means a path, with forward slashes, or one of the folders that it is in. A pattern without a slash means names anywhere. */
export function matchesGlob(pattern: string, path: string): boolean {
  const steps = pattern.replace(/^\.?\//, "").replace(/\/+$/, "").split(/\/+/);
  const wanted = pattern.replace(/\/+$/, "").includes("/") ? steps : ["**", ...steps];
  return matchesFrom(wanted, path.split("/"));
}

/** Which of the steps may stand at each place of the path, from the left: no pattern makes this slow. */
function matchesFrom(steps: readonly string[], names: readonly string[]): boolean {
  let open = closed(new Set([0]), steps);
  for (const name of names) {
    const next = new Set<number>();
    for (const at of open) {
      const step = steps[at];
      if (step === "**") next.add(at);
      else if (step !== undefined && matchesStep(step, name)) next.add(at + 1);
    }
    open = closed(next, steps);
    if (open.has(steps.length)) return true;
  }
  return false;
}

/** `**` may also stand for no folder at all. */
function closed(open: Set<number>, steps: readonly string[]): Set<number> {
  for (const at of open) if (steps[at] === "**") open.add(at + 1);
  return open;
}
