// Links from a document to other files: its schema, and the descriptions that it names by their files. Knows nothing of whether a file is there, nor of what is in it.
import type { DocumentLink } from "vscode-languageserver";
import type { ValueType } from "../../../core/src/index";
import { fileTypes, shapesOf } from "../../../core/src/index";
import type { Source } from "../jsonc/source";
import { innerSpan, walkTyped } from "../jsonc/typedWalk";
import type { Node } from "../jsonc/tree";
import { NodeKind } from "../jsonc/tree";
import type { Snapshot } from "../workspace/workspace";
import { rangeBetween } from "./convert";

export function documentLinks({ uri, checked: { source, kind } }: Snapshot): DocumentLink[] {
  const links: DocumentLink[] = [];
  const file = fileTypes[kind ?? "platform"];
  walkTyped(source, file, {
    enters: (field) => field === file.fields["$schema"] || mayHoldFile(field.type),
    value({ key, node, type }) {
      const isFile = type.kind === "file" && !type.several;
      if (source.tree.kind(node) === NodeKind.String && (isFile || key === "$schema")) links.push(...linkOf(source, node, key, uri));
    },
  });
  return links;
}

const known = new Map<ValueType, boolean>();

/** Whether the language has the path of a file anywhere in a value of the type. Records stand in themselves, as functions do behind functions. */
function mayHoldFile(type: ValueType): boolean {
  const found = known.get(type) ?? [...typesIn(type)].some((one) => one.kind === "file");
  known.set(type, found);
  return found;
}

function typesIn(type: ValueType, seen = new Set<ValueType>()): ReadonlySet<ValueType> {
  if (seen.has(type)) return seen;
  seen.add(type);
  for (const shape of shapesOf(type)) {
    seen.add(shape);
    const inside = shape.kind === "record" ? Object.values(shape.fields).map((field) => field.type) : shape.kind === "list" || shape.kind === "map" ? [shape.of] : [];
    inside.forEach((one) => typesIn(one, seen));
  }
  return seen;
}

function linkOf(source: Source, node: Node, key: string, uri: string): DocumentLink[] {
  const text = source.tree.string(node);
  const target = key === "$schema" && /^https?:\/\//i.test(text) ? text : fileTarget(text, uri);
  const { start, end } = innerSpan(source, node);
  return target === undefined ? [] : [{ range: rangeBetween(source, start, end), target }];
}

/** A path beside a document that is a file, wherever it is; nothing with a scheme, from the root, or with wildcards. */
function fileTarget(text: string, uri: string): string | undefined {
  if (!/\.jsonc?$/i.test(text) || /^[/\\]|[*?[\]{}#\\]|^[a-z][a-z0-9+.-]*:/i.test(text) || !/^(?!untitled:)[a-z][a-z0-9+.-]*:\/[^?#]*$/i.test(uri)) return undefined;
  // A half of a surrogate pair is in no file's name, and cannot be written in a URI.
  return /\p{Surrogate}/u.test(text) ? undefined : new URL(text.split("/").map(encodeURIComponent).join("/"), uri).href;
}
