// `--rule id=severity`: what is said of rules on the command line. Knows nothing of what else says something of them.
import type { SaidSeverities, Severity } from "../../../core/src/index";
import { rules } from "../../../core/src/index";
import { nearestWord } from "../jsonc/nearest";
import { UsageError } from "./usageError";

const SEVERITIES: readonly (Severity | "off")[] = ["error", "warning", "info", "hint", "off"];

/** Of several words on one rule the last counts. Throws UsageError for a rule or a severity that there is not. */
export function severitiesOfRules(said: readonly string[]): SaidSeverities {
  return new Map(said.map(readOne));
}

function readOne(said: string): readonly [string, Severity | "off"] {
  const [id = "", word] = said.split("=");
  const severity = SEVERITIES.find((one) => one === word);
  if (!rules.some((rule) => rule.id === id)) {
    const nearest = nearestWord(id, rules.map((rule) => rule.id));
    throw new UsageError(`--rule ${said}: there is no rule "${id}"${nearest === undefined ? "; platmap explain lists them all" : `; did you mean ${nearest}?`}`);
  }
  if (severity === undefined) throw new UsageError(`--rule ${said}: write ${id}=error, =warning, =info, =hint or =off`);
  return [id, severity];
}
