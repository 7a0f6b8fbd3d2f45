// Runs the compiled tests of a folder inside VS Code's extension host, and leaves the result in a file for
// scripts/test/vscode.mjs. Knows nothing of the tests.
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format } from "node:util";
import * as vscode from "vscode";

/**
 * Runs all tests of a folder, in the order of the files' names.
 * @throws when a test fails, or none ran: VS Code then exits with a code other than 0
 */
export async function runSuite(folder: string): Promise<void> {
  const { default: Mocha } = await import("mocha");
  const lines = [`In VS Code ${vscode.version} (${vscode.env.appHost}):`];
  // The extension host's console cannot be replaced, so mocha's own way out is.
  Object.assign(Mocha.reporters.Base, {
    useColors: false,
    consoleLog: (...values: unknown[]) => void lines.push(format(...values)),
  });
  const mocha = new Mocha({ timeout: 60_000, color: false });
  const tests = readdirSync(folder).filter((name) => name.endsWith(".test.js"));
  tests.sort().forEach((name) => mocha.addFile(path.join(folder, name)));
  const result = { passed: 0, failed: 0, output: "" };
  result.failed = await new Promise<number>((resolve) => {
    mocha.run(resolve).on("pass", () => (result.passed += 1));
  });
  result.output = lines.join("\n");
  writeFileSync(process.env["PLATMAP_RESULTS"] ?? "", JSON.stringify(result));
  if (result.failed > 0 || result.passed === 0) {
    throw new Error(`${result.passed} passed, ${result.failed} failed`);
  }
}
