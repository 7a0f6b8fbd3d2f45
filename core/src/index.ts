// The shared planning core's façade. (head comment comes with the whole)
export * from "./acs";
export * from "./address";
export * from "./anchor";
export * from "./pciAddress";
export type * from "./platform";
export * from "./print";
export * from "./problem";
export * from "./language/literals";
export { platformFile } from "./language/platformFile";
export type {
  EitherType, EntryKind, Extent, ExtentForm, ExtentKeys, Field, ListType, MapType, RecordType, ScalarType, ValueType, Word, WordType,
} from "./language/valueType";
export * from "./finding";
export * from "./rule";
export * from "./plan/plan";
export * from "./plan/addressMap";
export * from "./plan/groups/index";
export { rules } from "./rules/index";
export * from "./render/rulePage";
export * from "./render/schema";
export * from "./render/languagePage";
export * from "./language/lookup";
export * from "./describe/hover";
export * from "./describe/markdown";
export * from "./describe/completions";
export * from "./capture/index";
export * from "./plan/reserved/index";
export * from "./plan/assignability";
export * from "./plan/doorbellPath";
export * from "./plan/regionsOfNodes";
export * from "./describe/assignability";
export * from "./describe/doorbellPath";
export * from "./describe/lenses";
