// Where regions, functions and findings stand in the text, as the server said it, and which of them the cursor is in. Knows nothing of panels.
import * as vscode from "vscode";
import type { PlaceRange, TextPlace } from "../serverProtocol";

export class MapPlaces {
  constructor(private readonly places: Readonly<Record<string, TextPlace>> = {}) {}

  /** What to select in the text for a place, and the file where that is another one; undefined for what follows from several entries. */
  of(name: string): { readonly range: vscode.Range; readonly uri: string | undefined } | undefined {
    const place = Object.hasOwn(this.places, name) ? this.places[name] : undefined;
    return place && { range: toRange(place.at), uri: place.uri };
  }

  /** The innermost entries of a kind that hold the position: several where one entry is in several lanes. */
  at(kind: "region" | "function", position: vscode.Position): string[] {
    const prefix = `${kind}:`;
    const holding = Object.entries(this.places)
      .filter(([name, { uri }]) => name.startsWith(prefix) && uri === undefined)
      .map(([name, { entry }]) => ({ id: name.slice(prefix.length), entry: toRange(entry) }))
      .filter(({ entry }) => entry.contains(position));
    const innermost = holding.filter(({ entry }) => !holding.some((other) => entry.contains(other.entry) && !entry.isEqual(other.entry)));
    return innermost.map(({ id }) => id);
  }
}

function toRange({ start, end }: PlaceRange): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
