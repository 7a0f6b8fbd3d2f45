// Code lenses: the places at once, the words when an editor shows one. While the text is broken, the last good one
// answers. Knows nothing of the words.
import type { CodeLens, Command } from "vscode-languageserver";
import type { FilePlan, GuestPlan, LensAction, Path, Place, Plan } from "../../../core/src/index";
import { guestLensesOf, isTextSpan, jsonPointer, lensPlaces, lensTitle, regionLensesOf, spaceLensPlaces, spaceLensTitle } from "../../../core/src/index";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf } from "./convert";

/** What a lens carries from the list to its words. */
interface LensData {
  readonly uri: string;
  readonly path: Path;
  /** Which of several at one place. */
  readonly nth?: number;
}

/** What lenses need beyond the document. */
export interface LensOptions {
  /** The guests of the workspace that must run on a platform. */
  guestsOn(plan: Plan): readonly GuestPlan[];
  /** The command of an action that the client, or this server for it, can carry out; undefined where there is none. */
  commandFor(action: LensAction): string | undefined;
}

const NOTHING_BEYOND: LensOptions = { guestsOn: () => [], commandFor: () => undefined };

/** One line above a place. */
interface Line {
  readonly at: Place & { readonly path?: Path };
  readonly action: LensAction | undefined;
  title(): string | undefined;
}

export function codeLensesOf({ uri, checked: { source }, lastGood }: Snapshot, options: LensOptions = NOTHING_BEYOND): CodeLens[] {
  const counts = new Map<string, number>();
  return linesOf(lastGood?.filePlan, options).flatMap(({ at, action }): CodeLens[] => {
    if (isTextSpan(at) || source.valueAt(at.path) < 0 || (action === "simulate" && options.commandFor(action) === undefined)) return [];
    const nth = counts.get(jsonPointer(at.path)) ?? 0;
    counts.set(jsonPointer(at.path), nth + 1);
    return [{ range: rangeOf(source, at), data: { uri, path: at.path, ...(nth > 0 && { nth }) } satisfies LensData }];
  });
}

/** The document that a lens is of; undefined when it is none of ours. */
export function documentOfLens({ data }: CodeLens): string | undefined {
  return isLensData(data) ? data.uri : undefined;
}

/**
 * A command without a name is shown as text and does nothing, in every client. The text may have changed since the
 * list: then the lens says nothing.
 */
export function resolveCodeLens(snapshot: Snapshot | undefined, lens: CodeLens, options: LensOptions = NOTHING_BEYOND): CodeLens {
  const data = isLensData(lens.data) ? lens.data : undefined;
  const lines = data && snapshot ? linesOf(snapshot.lastGood?.filePlan, options).filter(({ at }) => !isTextSpan(at) && jsonPointer(at.path) === jsonPointer(data.path)) : [];
  const line = lines.filter(({ action }) => action !== "simulate" || options.commandFor(action) !== undefined)[data?.nth ?? 0];
  return { ...lens, command: commandOf(line, data?.uri, options) };
}

function commandOf(line: Line | undefined, uri: string | undefined, options: LensOptions): Command {
  const command = line?.action && options.commandFor(line.action);
  const title = line?.title() ?? "…";
  return command === undefined ? { title, command: "" } : { title, command, arguments: [uri] };
}

function linesOf(plan: FilePlan | undefined, options: LensOptions): Line[] {
  if (!plan) return [];
  if (plan.kind !== "platform") return [...guestLensesOf(plan)];
  const platform = plan as Plan;
  return [
    ...spaceLensPlaces(platform).map((at): Line => ({ at, action: undefined, title: () => spaceLensTitle(platform, at.path) })),
    ...lensPlaces(platform).map((at): Line => ({ at, action: undefined, title: () => lensTitle(platform, at.path) })),
    ...regionLensesOf(platform, options.guestsOn(platform)).map(({ at, title }): Line => ({ at, action: undefined, title })),
  ];
}

function isLensData(data: unknown): data is LensData {
  if (typeof data !== "object" || data === null || !("uri" in data) || !("path" in data)) return false;
  return (
    typeof data.uri === "string" &&
    Array.isArray(data.path) &&
    data.path.every((step) => typeof step === "string" || typeof step === "number")
  );
}
