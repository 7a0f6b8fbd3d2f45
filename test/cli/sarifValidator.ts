// Microsoft's own validator of SARIF, run offline. Knows nothing of who wrote the log.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../repositoryRoot";

interface Log {
  readonly runs: readonly { readonly results: readonly { readonly ruleId: string; readonly level?: string; readonly message: { readonly text?: string; readonly arguments?: readonly string[] } }[] }[];
}

/** What the validator has against a log, as errors and warnings, by its rules for SARIF and by those for GitHub's code scanning. */
export function complaintsAbout(sarifFile: string): string[] {
  const program = path.join(repositoryRoot, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool");
  // npm runs no install scripts, so that nobody has made it a program yet.
  chmodSync(program, 0o755);
  const report = `${sarifFile}.validated.sarif`;
  const args = ["validate", sarifFile, "--output", report, "--log", "ForceOverwrite", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" } });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /Done\. 1 files scanned\./);
  const log = JSON.parse(readFileSync(report, "utf8").replace(/^\ufeff/, "")) as Log;
  return log.runs.flatMap((run) => run.results.map(({ ruleId, message }) => `${ruleId}: ${message.text ?? message.arguments?.join(" ") ?? ""}`));
}
