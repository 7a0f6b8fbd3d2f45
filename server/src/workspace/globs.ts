// Patterns for paths: `*` is any part of a name, `**` any folders. Knows nothing of disks.

/** One step of a path. A star at its beginning does not match hidden names. */
export function stepPattern(step: string): RegExp {
  const escaped = step.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
  return new RegExp(`^${step.startsWith("*") ? "(?!\\.)" : ""}${escaped}$`);
}

/** True when a pattern means a path, with forward slashes, or one of the folders that it is in. A pattern without a slash means names anywhere. */
export function matchesGlob(pattern: string, path: string): boolean {
  const steps = pattern.replace(/^\.?\//, "").replace(/\/+$/, "").split(/\/+/);
  const wanted = pattern.replace(/\/+$/, "").includes("/") ? steps : ["**", ...steps];
  return matchesFrom(wanted.map((step) => (step === "**" ? "**" : stepPattern(step))), path.split("/"));
}

/** Which of the steps may stand at each place of the path, from the left: no pattern makes this slow. */
function matchesFrom(steps: readonly (RegExp | "**")[], names: readonly string[]): boolean {
  let open = closed(new Set([0]), steps);
  for (const name of names) {
    const next = new Set<number>();
    for (const at of open) {
      const step = steps[at];
      if (step === "**") next.add(at);
      else if (step?.test(name)) next.add(at + 1);
    }
    open = closed(next, steps);
    if (open.has(steps.length)) return true;
  }
  return false;
}

/** `**` may also stand for no folder at all. */
function closed(open: Set<number>, steps: readonly (RegExp | "**")[]): Set<number> {
  for (const at of open) if (steps[at] === "**") open.add(at + 1);
  return open;
}
