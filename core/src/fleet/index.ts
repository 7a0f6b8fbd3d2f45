// The façade of fleets: which hosts can exchange guests, what they cost together, and how their guests fit. Knows nothing of formats.
export * from "./fleetPlan";
export type { PathIsolation } from "./acsPaths";
export type { ExchangeGroup, Unlikeness } from "./exchange";
export { exchangeGroupOf, exchangeGroupsOf, isolationOf, unlikeness } from "./exchange";
export type { IoDifference, IoFacet } from "./ioFacets";
export { ioDifferences, ioFacetsOf, ioSignatureOf } from "./ioFacets";
export type { DeclaredGroup } from "./declaredGroups";
export { declaredGroupsOf, groupHosts, partsOf } from "./declaredGroups";
export type { HostCost, UnionCost } from "./unionCost";
export { unionCostOf, USUAL_BASE } from "./unionCost";
export type { MovingGuest } from "./movingGuests";
export { movingGuestsOf } from "./movingGuests";
export type { Equalizing } from "./equalize";
export { equalizingEdits } from "./equalize";
