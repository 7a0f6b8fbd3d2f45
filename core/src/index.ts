// The planning core's façade: everything outside core/ imports this file and no other. The core is pure: it knows no I/O, no editor, no JSON, no clock.
//
// language/  what a platform file may say, written down once       capture/   real data (sysfs, lspci, ACPI tables, device trees) to a draft of one
// guest/, fleet/   the same of guests and the hosts they move between   simulation/   a guest's life step by step
// plan/      derived facts, one idea a file, made when asked for   quirks/    what the kernel knows of single devices
// rules/     one rule a file: what it sees, says and mends         describe/  words for hovers, lenses and commands; render/: pages and schema
// map/       the layout of every picture of a map                  difference/  what changed between two platforms, in its meaning; export/: for other tools
//
// text -> (server) Platform -> Plan -> rules -> Finding with Fixes -> (server) text. Places are anchors, never offsets.
export * from "./acs";
export * from "./address";
export * from "./anchor";
export * from "./pciAddress";
export type * from "./platform";
export type * from "./guest";
export * from "./print";
export * from "./problem";
export * from "./language/literals";
export * from "./language/expression/syntax";
export * from "./language/expression/parse";
export * from "./language/expression/evaluate";
export type * from "./language/expression/readExpression";
export { platformFile } from "./language/platformFile";
export { guestFile } from "./language/guestFile";
export { fleetFile } from "./language/fleetFile";
export { configFile } from "./configuration/configFile";
export type { Configuration } from "./configuration/configFile";
export * from "./configuration/configPlan";
export * from "./configuration/severities";
export { fileTypes } from "./language/fileTypes";
export type {
  EitherType, Entry, EntryKind, Extent, ExtentForm, ExtentKeys, Field, FileKind, ListType, MapType, RecordType, ScalarType, ValueType, Word, WordType,
} from "./language/valueType";
export * from "./finding";
export * from "./rule";
export * from "./plan/filePlan";
export * from "./plan/plan";
export type { EntryChange } from "./plan/entryChange";
export * from "./guest/index";
export * from "./fleet/index";
export * from "./simulation/index";
export * from "./plan/addressMap";
export * from "./plan/groups/index";
export { rules } from "./rules/index";
export * from "./render/rulePage";
export * from "./render/schema";
export * from "./render/languagePage";
export * from "./language/lookup";
export * from "./describe/hover";
export * from "./describe/expression";
export * from "./describe/markdown";
export * from "./describe/completions";
export * from "./refactor/expressions";
export * from "./capture/index";
export * from "./plan/reserved/index";
export * from "./plan/assignability";
export * from "./plan/doorbellPath";
export * from "./plan/reserved/regionsOfNodes";
export * from "./describe/assignability";
export * from "./describe/doorbellPath";
export * from "./describe/lenses";
export * from "./describe/fleet";
export * from "./describe/guestLenses";
export * from "./map/index";
export * from "./map/comparison/index";
export * from "./describe/spaceLenses";
export * from "./describe/inlayNotes";
export * from "./describe/guestPlacement";
export type { Siblings } from "./describe/placeCompletions";
export { baseCompletions, freeFunctionCompletions, functionCompletions, sizeCompletions } from "./describe/placeCompletions";
export * from "./describe/guestPlaceCompletions";
export * from "./describe/entrySnippets";
export * from "./plan/freePlaces";
export * from "./plan/freeStretches";
export * from "./difference/index";
export * from "./describe/difference";
export * from "./describe/differenceItems";
export * from "./plan/relayout";
export * from "./describe/relayout";
export * from "./refactor/rangeForm";
export type { Overlap } from "./plan/overlaps";
export * from "./plan/extents";
export * from "./plan/factSources";
export * from "./describe/reach";
export * from "./export/index";
