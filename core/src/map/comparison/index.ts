// The façade of comparisons of two maps: what commands and editors use. Knows nothing of files, pages or terminals.
export type { ComparedRegion, LanePair, MapComparison, RegionState, Side } from "./comparedMaps";
export { compareMaps } from "./comparedMaps";
export type { ChangeMark, ComparisonLayout, ComparisonOptions } from "./comparisonLayout";
export { layoutComparison } from "./comparisonLayout";
export type { ComparisonNames } from "./comparisonPicture";
export { printComparison } from "./comparisonPicture";
export type * from "./comparisonView";
export { comparisonView } from "./comparisonView";
export { comparisonStyle } from "./drawComparison";
