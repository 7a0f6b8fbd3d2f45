// Hovers: what a key means, what a value comes to, and what an entry has from the files below. While the text is broken, the last good one answers.
// Knows nothing of the words for keys and values.
import type { Hover, Position } from "vscode-languageserver";
import { MarkupKind } from "vscode-languageserver";
import { codeBlock, describeAnchor, escapeMarkdown } from "../../../core/src/index";
import type { Mention, NamingFile } from "../workspace/mentions";
import { mentionAt } from "../workspace/mentions";
import { declarationsOf } from "../workspace/sameEntry";
import type { PlacedMention } from "../workspace/sameEntry";
import type { Snapshot } from "../workspace/workspace";
import { rangeOf } from "./convert";

/** Longer entries are shown by their first lines. */
const LINE_LIMIT = 8;

/** @param files the open documents and what they name; asked for only at a name */
export function hoverAt(snapshot: Snapshot, position: Position, files: () => Iterable<NamingFile> = () => []): Hover | undefined {
  const { checked } = snapshot;
  const { source } = checked;
  const offset = source.offset(position);
  const anchor = source.anchorAt(offset);
  const plan = snapshot.lastGood?.filePlan;
  if (!anchor || !plan) return undefined;
  const mention = checked.kind === "platform" && checked.files.length > 0 ? mentionAt(checked, offset) : undefined;
  const parts = [describeAnchor(plan, anchor), ...(mention ? entriesBelow(checked, mention, files()) : [])].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : { contents: { kind: MarkupKind.Markdown, value: parts.join("\n\n") }, range: rangeOf(source, anchor) };
}

/** The entry as the files that this one extends have it. */
function entriesBelow(file: NamingFile, mention: Mention, files: Iterable<NamingFile>): string[] {
  const below = declarationsOf({ file, mention }, files, { above: false }).filter((one) => one.file.source.file !== file.source.file);
  return below.map((one) => entryBelow(mention, one));
}

function entryBelow({ text: mentioned, removes }: Mention, { file: { source }, mention: { span, entry = span } }: PlacedMention): string {
  const { line, character } = source.position(entry.start);
  const name = decodeURIComponent(source.file.slice(source.file.lastIndexOf("/") + 1));
  const lines = source.text.slice(entry.start, entry.end).split(/\r\n|\r|\n/);
  const shown = lines.slice(0, LINE_LIMIT).map((text, index) => (index > 0 && text.slice(0, character).trim() === "" ? text.slice(character) : text));
  if (lines.length > LINE_LIMIT) shown.push("…");
  return `${removes ? "Leaves out " : ""}**${escapeMarkdown(mentioned)}** ${removes ? "of" : "in"} [${escapeMarkdown(name)}, line ${line + 1}](${source.file}#L${line + 1}):\n\n${codeBlock(shown.join("\n"), "jsonc")}`;
}
