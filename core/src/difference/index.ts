// The façade of differences: what commands and editors use. Knows nothing of formats.
export type { Change, ChangeKind, FactChange, PlaceChange } from "./changes";
export { BELOW } from "./changes";
export type { Difference, DifferenceOptions } from "./difference";
export { differenceOf, isSame } from "./difference";
export type { DescribedEntry, DescribedPlace } from "./entries";
export { entriesOf } from "./entries";
export type { FitChange } from "./fitChanges";
export { fitChanges } from "./fitChanges";
export type { GroupChange } from "./groupChanges";
