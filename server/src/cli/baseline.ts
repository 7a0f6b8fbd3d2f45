// The file in which a repository keeps the findings that it had when it adopted Platmap. Knows nothing of how findings are matched with it.
import path from "node:path";
import type { Host } from "../host";
import { readTextFile } from "../workspace/decode";
import type { FingerprintedFinding } from "../workspace/knownFindings";
import { readable } from "./findFiles";
import { UsageError } from "./usageError";

/** A later form of the file gets another number. */
const VERSION = 1;

/** Throws UsageError for what cannot be read or is no baseline. Files in it are named from the baseline's own folder. */
export function readBaseline(file: string, host: Host): readonly FingerprintedFinding[] {
  const full = path.resolve(host.workingFolder, file);
  const text = readable(file, () => readTextFile(host, full).text);
  const { version, findings } = objectIn(file, text);
  if (version !== VERSION || !Array.isArray(findings)) throw new UsageError(`${file}: it is no baseline of version ${VERSION}; check --write-baseline makes one`);
  return findings.map((one, index) => {
    if (!isFinding(one)) throw new UsageError(`${file}: its finding ${index + 1} is damaged; check --write-baseline makes the file anew`);
    return { ...one, file: renamed(one.file, path.dirname(full), host.workingFolder) };
  });
}

/** Sorted, so that two baselines differ only where their findings do. */
export function writeBaseline(file: string, findings: readonly FingerprintedFinding[], host: Host): void {
  const full = path.resolve(host.workingFolder, file);
  const rows = findings.map(({ rule, file: named, fingerprint: { byName, byPlace } }) =>
    JSON.stringify({ file: renamed(named, host.workingFolder, path.dirname(full)), rule, fingerprint: { byName, byPlace } }),
  );
  const text = `{\n  "version": ${VERSION},\n  "findings": [${rows.sort().map((row) => `\n    ${row}`).join(",")}${rows.length > 0 ? "\n  " : ""}]\n}\n`;
  try {
    host.writeFile(full, text);
  } catch (error) {
    throw new UsageError(`${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function objectIn(file: string, text: string): { readonly version?: unknown; readonly findings?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    throw new UsageError(`${file}: it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isFinding(value: unknown): value is FingerprintedFinding {
  if (typeof value !== "object" || value === null || !("fingerprint" in value) || !("rule" in value) || !("file" in value)) return false;
  const { fingerprint, rule, file } = value;
  if (typeof rule !== "string" || typeof file !== "string" || typeof fingerprint !== "object" || fingerprint === null) return false;
  return "byName" in fingerprint && "byPlace" in fingerprint && typeof fingerprint.byName === "string" && typeof fingerprint.byPlace === "string";
}

function renamed(file: string, from: string, to: string): string {
  return (path.relative(to, path.resolve(from, file)) || file).replaceAll("\\", "/");
}
