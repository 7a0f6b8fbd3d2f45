// Two files that describe one guest differently, made equal in one of them, and tried: the fleet's finding must be gone, and neither the fleet nor the file that
// changes may have one more. Which of the two is right, a person says. Knows nothing of editors.
import type { Finding, FleetGuest } from "../../../core/src/index";
import { equalizingEdits, FleetPlan, isTextSpan, sameAnchor } from "../../../core/src/index";
import type { Place } from "../../../core/src/index";
import type { TextEdit } from "../jsonc/edit";
import { applyTextEdits, textEdits } from "../jsonc/edit";
import type { Source } from "../jsonc/source";
import type { CheckedFile, CheckOptions } from "./check";
import { checkReading, checkText, isMended } from "./check";
import type { Surroundings } from "./surroundings";
import { nowhere } from "./surroundings";
import type { TextReading } from "./textReading";
import { readText } from "./textReading";

export interface EqualizedGuest {
  readonly title: string;
  /** The file that changes. */
  readonly source: Source;
  readonly edits: readonly TextEdit[];
}

/** One for each of the two files that can be made like the other; none for any other finding. */
export function equalizedGuests(checked: CheckedFile, finding: Finding, options: CheckOptions = {}): EqualizedGuest[] {
  const { filePlan } = checked;
  if (finding.rule !== "differing-guest-configurations" || !(filePlan instanceof FleetPlan)) return [];
  const namedAt = (at: Place | undefined): FleetGuest | undefined => filePlan.guests.find((guest) => at !== undefined && !isTextSpan(at) && sameAnchor(guest.namedAt, at));
  const [second, first] = [namedAt(finding.at), namedAt(finding.related[0]?.at)];
  if (!first || !second) return [];
  return [equalized(checked, finding, first, second, options), equalized(checked, finding, second, first, options)].filter((one) => one !== undefined);
}

function equalized(checked: CheckedFile, finding: Finding, model: FleetGuest, changed: FleetGuest, options: CheckOptions): EqualizedGuest | undefined {
  const wanted = equalizingEdits(model.plan.guest, changed.plan.guest);
  const before = checked.others.get(changed.plan.guest.anchor.file);
  const edits = wanted && before && textEdits(before.source, wanted.map(({ edit }) => edit));
  if (!wanted || !edits || edits.length === 0) return undefined;
  const after = readText(before.source.file, applyTextEdits(before.source.text, edits));
  const surroundings = replacing(options.surroundings ?? nowhere, after);
  if (!isMended(checked, [finding], checkText(checked.source.file, checked.source.text, { ...options, surroundings }))) return undefined;
  if (!isMended(checkReading(before, options), [], checkReading(after, { ...options, surroundings }))) return undefined;
  const [last = "", ...rest] = wanted.map((one) => one.what).reverse();
  const what = rest.length === 0 ? last : `${rest.reverse().join(", ")} and ${last}`;
  return { title: `Give ${baseName(changed)} the ${what} of ${baseName(model)}`, source: before.source, edits };
}

/** Surroundings in which one file says something else. */
function replacing(surroundings: Surroundings, reading: TextReading): Surroundings {
  return {
    find: (from, path, several) => surroundings.find(from, path, several),
    configurationOf: (file) => surroundings.configurationOf(file),
    read: (file) => (file === reading.source.file ? reading : surroundings.read(file)),
  };
}

function baseName({ plan: { guest: { anchor: { file } } } }: FleetGuest): string {
  return decodeURIComponent(file.slice(file.lastIndexOf("/") + 1));
}
