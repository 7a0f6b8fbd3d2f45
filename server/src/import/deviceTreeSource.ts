// The source of a device tree, made a blob by the device tree compiler where that is installed. Knows nothing of what the tree says.
import { looksLikeText } from "../../../core/src/index";
import type { Host } from "../host";
import { ImportError } from "./importError";

/** Only comments, blanks and preprocessor lines stand before the mark of version 1. */
const SOURCE = /^\s*(?:(?:\/\/[^\n]*|\/\*[^]*?\*\/|#[^\n]*)\s*)*\/dts-v1\/\s*;/;
/** The mark is looked for in the first characters. */
const HEAD = 64 << 10;

/**
 * The blob of a source; other bytes as they are. Throws ImportError when there is no compiler, or when it refuses.
 * @param folder where the files lie that the source includes
 */
export function compiledTree(bytes: Uint8Array, where: string, host: Pick<Host, "run">, folder: string): Uint8Array {
  if (!looksLikeText(bytes) || !SOURCE.test(new TextDecoder().decode(bytes.subarray(0, HEAD)))) return bytes;
  const ran = host.run("dtc", ["-q", "-I", "dts", "-O", "dtb", "-"], { folder, input: bytes });
  if (!ran) throw new ImportError(where, "it is the source of a device tree: install dtc (on Debian: device-tree-compiler) to read it, or name the .dtb that is built from it");
  if (ran.code !== 0) throw new ImportError(where, `dtc cannot compile it: ${firstLine(ran.err)}`);
  return ran.out;
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "")?.trim() ?? "it does not say why";
}
