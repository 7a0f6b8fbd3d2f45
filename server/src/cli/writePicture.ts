// A picture as a file, or on standard output for `-`. Knows nothing of what is drawn.
import path from "node:path";
import type { Host, Output } from "../host";
import { UsageError } from "./usageError";

export function writePicture(file: string, svg: string, host: Host, output: Output): void {
  if (file === "-") return output.out(svg);
  try {
    host.writeFile(path.resolve(host.workingFolder, file), svg);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  output.err(`wrote ${file}\n`);
}
