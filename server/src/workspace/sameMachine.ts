// Whether two texts describe the same machine, whatever file an entry stands in and in whatever order. Knows nothing of what entries mean.
import type { Place, Plan } from "../../../core/src/index";
import { isTextSpan } from "../../../core/src/index";
import { OWN_KEYS } from "../jsonc/overlay";
import type { CheckedFile } from "./check";

/** Compares what was read: values as they count, not as they are written. */
export function sameMachine(a: CheckedFile, b: CheckedFile): boolean {
  return a.plan !== undefined && b.plan !== undefined && canonical(ofMachine(a.plan)) === canonical(ofMachine(b.plan));
}

/** Without the keys that are about the file. */
function ofMachine({ platform }: Plan): object {
  return Object.fromEntries(Object.entries(platform).filter(([key]) => !OWN_KEYS.has(key)));
}

/** A text that is the same for the same machine: keys in their order, entries by what they are called, and nothing of where things are written. */
function canonical(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) {
    const texts = value.map(canonical);
    return `[${(value.length > 0 && value.every(isNamed) ? texts.sort() : texts).join()}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  if (isPlace(value)) return "";
  const members = Object.entries(value).filter(([key, one]) => one !== undefined && key !== "anchor").sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, one]) => `${key}:${canonical(one)}`).join()}}`;
}

function isNamed(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("name" in value || "at" in value);
}

function isPlace(value: object): boolean {
  return "file" in value && ("path" in value || isTextSpan(value as Place));
}
