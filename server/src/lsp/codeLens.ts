// Code lenses: the places at once, the words when an editor shows one. While the text is broken, the last good one
// answers. Knows nothing of the words.
import type { CodeLens } from "vscode-languageserver";
import type { Path } from "../../../core/src/index";
import { lensPlaces, lensTitle, spaceLensPlaces, spaceLensTitle } from "../../../core/src/index";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf } from "./convert";

/** What a lens carries from the list to its words. */
interface LensData {
  readonly uri: string;
  readonly path: Path;
}

export function codeLensesOf({ uri, checked: { source }, lastGood }: Snapshot): CodeLens[] {
  const places = lastGood?.plan ? [...spaceLensPlaces(lastGood.plan), ...lensPlaces(lastGood.plan)] : [];
  const present = places.filter((anchor) => source.valueAt(anchor.path) >= 0);
  return present.map((anchor) => ({
    range: rangeOf(source, anchor),
    data: { uri, path: anchor.path } satisfies LensData,
  }));
}

/** The document that a lens is of; undefined when it is none of ours. */
export function documentOfLens({ data }: CodeLens): string | undefined {
  return isLensData(data) ? data.uri : undefined;
}

/**
 * A command without a name is shown as text and does nothing, in every client. The text may have changed since the
 * list: then the lens says nothing.
 */
export function resolveCodeLens(snapshot: Snapshot | undefined, lens: CodeLens): CodeLens {
  const plan = snapshot?.lastGood?.plan;
  const title = plan && isLensData(lens.data) ? (lensTitle(plan, lens.data.path) ?? spaceLensTitle(plan, lens.data.path)) : undefined;
  return { ...lens, command: { title: title ?? "…", command: "" } };
}

function isLensData(data: unknown): data is LensData {
  if (typeof data !== "object" || data === null || !("uri" in data) || !("path" in data)) return false;
  return (
    typeof data.uri === "string" &&
    Array.isArray(data.path) &&
    data.path.every((step) => typeof step === "string" || typeof step === "number")
  );
}
