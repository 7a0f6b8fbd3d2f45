// What is too large to be looked at whole. Knows nothing of what the text says.
import type { Problem } from "../../../core/src/index";
import type { Source } from "./source";

/** Texts that are longer are read, and a finding says that they are beyond what Platmap is made for. */
export const TEXT_LIMIT = 16 * 1024 * 1024;

export function limitProblems(source: Source): Problem[] {
  if (source.text.length <= TEXT_LIMIT) return [];
  return [{ kind: "limit", at: { file: source.file, start: 0, end: 1 }, message: `The file is longer than ${TEXT_LIMIT / 1024 / 1024} MiB: Platmap is made for less and may be slow` }];
}
