// `platmap import`: real data to the text of a platform file. Knows nothing of the command line's flags, nor of where
// the text goes.
import { CaptureFiles, draftFromCapture, validName } from "../../../core/src/index";
import { printDraft } from "../jsonc/print";
import { ImportError } from "./importError";
import type { ImportHost } from "./inputs";
import { readInputs } from "./inputs";

export { ImportError } from "./importError";
export type { ImportHost } from "./inputs";

export interface ImportedPlatform {
  /** The document, JSONC. */
  readonly text: string;
  /** Its `platform`: the name of the archive or folder, made a valid name. */
  readonly platformName: string;
  /** What could not be read and what was left out, a sentence each. */
  readonly notes: readonly string[];
}

/** Names of single files that say nothing about the machine. */
const NAMELESS = /^(-|iomem|ioports|config|dmesg|lspci|kern|kernel|log|stdin|fdt|mcfg|apic|iort|dmar|ivrs|viot|cedt|srat|dsdt|ssdt\d*|hpet|facp)$/i;

/**
 * Describes the machine that the inputs were taken from: capture folders, .tar, .tar.gz, or single files (a device tree
 * blob too; `-`: standard input), all of one machine. Throws ImportError, which says what and where, when an input
 * cannot be read or is nothing that an import knows.
 */
export function importPlatform(inputs: readonly string[], host: ImportHost): ImportedPlatform {
  if (inputs.length === 0) throw new ImportError("import", "no input was named");
  const { files, notes } = readInputs(inputs, host);
  const platformName = nameFrom(inputs);
  const source = inputs.map((input) => (input === "-" ? "standard input" : lastPart(input))).join(", ");
  const imported = draftFromCapture(new CaptureFiles(files), platformName, source);
  return { text: printDraft(imported.draft), platformName, notes: [...notes, ...imported.notes] };
}

function nameFrom(inputs: readonly string[]): string {
  const stems = inputs.map((input) =>
    lastPart(input)
      .replace(/\.(tar\.gz|tgz|tar|gz|txt|log|bin|dtb|dts|dat|aml)$/i, "")
      .replace(/\.(tar|dtb|dts)$/i, ""),
  );
  const telling = stems.find((stem) => stem !== "" && stem !== "." && stem !== ".." && !NAMELESS.test(stem));
  return telling === undefined ? "imported-machine" : validName(telling);
}

function lastPart(path: string): string {
  return (
    path
      .split(/[\\/]/)
      .filter((part) => part !== "")
      .at(-1) ?? path
  );
}
