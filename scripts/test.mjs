// npm test: everything that tells whether Platmap works, from installing what is missing to a real VS Code.
// With --fast it stops before the package, neovim, Emacs and VS Code. Ends with the totals on a line of their own.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "./build.mjs";
import { ensurePackages, ensureProgram } from "./prepare.mjs";
import { capture, root, run } from "./run.mjs";

const fast = process.argv.includes("--fast");
const parts = [];

await testAll();
report();

async function testAll() {
  await part("packages", () => check(ensurePackages));
  // The device tree compiler says what a device tree is.
  await part("programs", () => check(() => ensureProgram(["dtc"], "device-tree-compiler")));
  await part("types", () => check(checkTypes));
  await part("bundles", () => check(build));
  // What does not compile or cannot be bundled would be tested in an older form.
  if (parts.some(({ failed }) => failed > 0)) {
    return;
  }
  // ESLint and the tests take about the same time, and there are two cores.
  const lint = capture(process.execPath, ["node_modules/eslint/bin/eslint.js", "."]);
  await part("tests", () => runMocha("--without", "test/build/"));
  await part("lint", () => check(() => printIfFailed(lint)));
  if (!fast) {
    // What is built is packed, moved and killed here, which takes long.
    await part("package", () => runMocha("test/build/"));
    await part("neovim", async () => (await import("./test/neovim.mjs")).testNeovim());
    await part("emacs", async () => (await import("./test/emacs.mjs")).testEmacs());
    await part("VS Code", async () => (await import("./test/vscode.mjs")).testVsCode());
    await part("web", async () => (await import("./test/web.mjs")).testWeb());
    await part("map", async () => (await import("./test/memoryMap.mjs")).testMemoryMap());
    await part("comparison", async () => (await import("./test/comparison.mjs")).testComparison());
  }
}

// A part returns how many of its checks passed and failed; one that throws, or ran nothing, has failed.
async function part(name, body) {
  console.log(`\n== ${name}`);
  const started = process.hrtime.bigint();
  const result = { name, passed: 0, failed: 0, skipped: 0 };
  try {
    Object.assign(result, await body());
    if (result.passed + result.failed === 0) {
      throw new Error("No test ran.");
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    result.failed += 1;
  }
  result.seconds = Number(process.hrtime.bigint() - started) / 1e9;
  parts.push(result);
}

async function check(body) {
  await body();
  return { passed: 1, failed: 0 };
}

async function checkTypes() {
  const code = await run(process.execPath, ["node_modules/typescript/bin/tsc", "-b"]);
  if (code !== 0) {
    throw new Error("The types do not check.");
  }
}

async function runMocha(...which) {
  const folder = mkdtempSync(path.join(tmpdir(), "platmap-test-"));
  try {
    const results = path.join(folder, "results.json");
    await run(process.execPath, ["scripts/mocha.mjs", "--results", results, ...which]);
    if (!existsSync(results)) {
      throw new Error("mocha ended before its tests did.");
    }
    return JSON.parse(readFileSync(results, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function printIfFailed(running) {
  const { code, output } = await running;
  if (code !== 0) {
    throw new Error(output.trim());
  }
}

function report() {
  console.log("");
  for (const { name, passed, failed, seconds } of parts) {
    console.log(
      `${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${passed} passed${failed ? `, ${failed} FAILED` : ""}`,
    );
  }
  const [passed, failed, skipped] = ["passed", "failed", "skipped"].map((key) =>
    parts.reduce((sum, result) => sum + result[key], 0),
  );
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failed > 0 ? 1 : 0;
}
