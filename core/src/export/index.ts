// The façade of exports: the physical map of a platform in the forms that other tools read. Knows nothing of files.
import type { Plan } from "../plan/plan";
import { cHeader } from "./cHeader";
import { deviceTreeSource } from "./deviceTreeSource";
import { linkerMemory } from "./linkerMemory";
import { csvTable, markdownTable } from "./tables";

/** Each form by its name. What a form cannot say stands in it as a comment, where it has comments. */
export const exporters = {
  markdown: markdownTable,
  csv: csvTable,
  dts: deviceTreeSource,
  "c-header": cHeader,
  ld: linkerMemory,
} as const satisfies Readonly<Record<string, (plan: Plan) => string>>;

export type ExportForm = keyof typeof exporters;
