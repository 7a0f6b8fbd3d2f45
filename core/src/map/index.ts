// The façade of memory maps: what commands and editors use. A plan becomes a model, a model a layout, a layout a picture.
// Knows nothing of files, pages or terminals.
export type * from "./mapModel";
export type * from "./mapLayout";
export { memoryMap } from "./memoryMap";
export { platformMap } from "./platformMap";
export type { LayoutOptions } from "./layout";
export { layoutMap } from "./layout";
export { arrangeLanes, defaultLanes } from "./laneChoice";
export type { MapRow, RegionRow, RunRow } from "./folding";
export { foldRegions, insideOf } from "./folding";
export { nestRegions } from "./nesting";
export { printMapAddress, printMapSize, shownText } from "./mapText";
export type { Drawn } from "./drawing";
export { printDrawn } from "./drawing";
export { drawPicture, printPicture } from "./picture";
export type { AddressPlace, Translation } from "./locate";
export { holesOf, locateAddress } from "./locate";
export type * from "./mapView";
export { mapView } from "./mapView";
export type * from "./pcieView";
export { pcieView } from "./pcieView";
export { pageStyle } from "./mapStyle";
