// Platmap's own requests: what a client shows beside the text of an open document, or of two. docs/editors.md says what each takes and answers.
// Knows nothing of how a view comes about.
import type { CancellationToken, Connection } from "vscode-languageserver";
import type { Comparing } from "./difference";
import type { Serving } from "./features";
import { planText, simulationChoices, simulationText } from "./guestCommands";
import type { MapParams } from "./memoryMap";
import { mapOptions, mapPictureOf, memoryMapOf } from "./memoryMap";

interface OfDocument {
  readonly uri: string;
}

export function serveViews(connection: Connection, { ask, answer }: Pick<Serving, "ask" | "answer">, comparing: Comparing): void {
  connection.onRequest("platmap/map", ({ uri, options }: MapParams, token: CancellationToken) => ask("the memory map", token, uri, null, (snapshot) => memoryMapOf(snapshot, mapOptions(options)) ?? null));
  connection.onRequest("platmap/mapPicture", ({ uri, options }: MapParams, token: CancellationToken) =>
    ask("the picture of the map", token, uri, null, (snapshot) => mapPictureOf(snapshot, mapOptions(options).lanes) ?? null));
  connection.onRequest("platmap/plan", ({ uri }: OfDocument, token: CancellationToken) => ask("the plan", token, uri, null, (snapshot) => planText(snapshot) ?? null));
  connection.onRequest("platmap/simulationChoices", ({ uri }: OfDocument, token: CancellationToken) => ask("what to simulate", token, uri, null, (snapshot) => simulationChoices(snapshot) ?? null));
  connection.onRequest("platmap/simulate", ({ uri, steps }: OfDocument & { steps: string }, token: CancellationToken) =>
    ask<unknown>("the simulation", token, uri, null, (snapshot) => simulationText(snapshot, steps)));
  connection.onRequest("platmap/difference", (params: unknown, token: CancellationToken) => answer<unknown>("the difference", token, null, () => comparing.compare(params)));
  connection.onRequest("platmap/sideText", (side: unknown, token: CancellationToken) => answer<unknown>("the text of a side", token, null, () => comparing.textOf(side)));
}
