// What holds for one file: the nearest configuration above it, with what somebody has set on top. Knows nothing of editors.
import type { FileId, SaidSeverities } from "../../../core/src/index";
import { matchesGlob } from "./globs";
import type { Surroundings } from "./surroundings";
import { isUnreadable } from "./surroundings";

export interface FileSettings {
  readonly severities: SaidSeverities;
  /** The configuration that leaves the file out, if one does. */
  readonly leftOutBy: FileId | undefined;
}

const NOTHING_SAID: SaidSeverities = new Map();

/** A configuration that cannot be read says nothing here; what is wrong with it is said in its own text. */
export function settingsOf(file: FileId, surroundings: Surroundings, onTop: SaidSeverities = NOTHING_SAID): FileSettings {
  const [at, path = ""] = surroundings.configurationOf(file);
  const reading = at === undefined ? undefined : surroundings.read(at);
  if (!reading || isUnreadable(reading) || reading.said?.kind !== "config") return { severities: onTop, leftOutBy: undefined };
  const { rules = NOTHING_SAID, ignore = [] } = reading.said.configuration;
  const severities = onTop.size === 0 ? rules : new Map([...rules, ...onTop]);
  return { severities, leftOutBy: ignore.some((pattern) => matchesGlob(pattern, path)) ? at : undefined };
}
