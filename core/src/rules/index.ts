// Every rule, one line each, in the order of the catalogue (domain.md section 9). Knows nothing of what they do.
import type { Rule } from "../rule";
import { overlappingRegions } from "./overlapping-regions";
import { unknownKey } from "./unknown-key";

export const rules: readonly Rule[] = [
  // The physical map
  overlappingRegions,
  // PCI
  // Doorbells
  // IOMMUs and ACS
  // The text
  unknownKey,
];
