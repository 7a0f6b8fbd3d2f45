// Runs mocha's tests that need nothing but Node: node scripts/mocha.mjs [--grep TEXT] [NAME ...], after tsc -b.
// A NAME is a part of a test file's path. Without a name all run, but for those that run inside VS Code; --without NAME leaves out others.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import Mocha from "mocha";
import { root } from "./run.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { grep: { type: "string" }, results: { type: "string" }, without: { type: "string" } },
});

/** What takes longest comes first, so that no core waits for the other at the end. */
const isDear = (file) => /\/(?:reliability|hostile)\/|\/(?:formats|update|export|reviewHistory|hostile)\.test\.ts$/.test(file);

// Taken from the sources, since out/ keeps what was compiled from files that are gone.
const files = readdirSync(path.join(root, "test"), { recursive: true })
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".test.ts") && !file.startsWith("test/vscode/"))
  .filter((file) => values.without === undefined || !file.includes(values.without))
  .filter((file) => positionals.length === 0 || positionals.some((name) => file.includes(name)))
  .sort((a, b) => Number(isDear(b)) - Number(isDear(a)) || (a < b ? -1 : 1));

// Whatever the tests and the programs that they start put into the system's temporary folder is in this one, so that it is seen and goes.
const temporary = mkdtempSync(path.join(tmpdir(), "platmap-run-"));
for (const name of ["TMPDIR", "TMP", "TEMP"]) process.env[name] = temporary;

const mocha = new Mocha({
  reporter: "dot",
  timeout: 60_000,
  // Files share nothing, so that two cores take half the time.
  parallel: true,
  jobs: 2,
  require: [path.join(root, "out/test/temporaryFolder.js")],
  ...(values.grep === undefined ? {} : { grep: values.grep }),
});
for (const file of files) {
  mocha.addFile(path.join(root, "out", file.replace(/\.ts$/, ".js")));
}
mocha.lazyLoadFiles(true);
const runner = mocha.run((failures) => {
  const { passes, pending } = runner.stats;
  const left = readdirSync(temporary).filter((name) => name.startsWith("platmap-"));
  rmSync(temporary, { recursive: true, force: true });
  if (left.length > 0) console.error(`The tests left ${left.length} folders behind: ${left.slice(0, 10).join(", ")}`);
  const failed = failures + (left.length > 0 ? 1 : 0);
  if (values.results !== undefined) {
    writeFileSync(values.results, JSON.stringify({ passed: passes, failed, skipped: pending }));
  }
  // A test that leaves a process or a timer behind must not hold up the rest.
  process.exit(failed === 0 && passes > 0 ? 0 : 1);
});
