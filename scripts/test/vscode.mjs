// Runs the tests of test/vscode inside a real VS Code, once in a trusted folder and once in Restricted Mode.
// The desktop VS Code runs where it can be downloaded and has a display, else the server flavour in a browser.
// PLATMAP_VSCODE=desktop or =server asks for one of the two.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { capture, root } from "../run.mjs";
import { launchBrowser } from "../vscode/browser.mjs";
import { ensureVsCodeServer } from "../vscode/setup.mjs";

const limit = 300_000;

// No question about trust may stand in the way of Restricted Mode, and nothing is saved by itself.
const settings = { "files.autoSave": "off", "security.workspace.trust.startupPrompt": "never" };

/** Runs both suites; resolves to how many tests passed and failed. */
export async function testVsCode() {
  const { flavour, executable } = await findVsCode();
  console.log(`Testing in the ${flavour} flavour of VS Code.`);
  const trusted = await runSuite("trusted", (launch) => runTrusted(executable, launch));
  const restricted = await runSuite("restricted", (launch) => runRestricted(executable, launch));
  return { passed: trusted.passed + restricted.passed, failed: trusted.failed + restricted.failed };
}

async function findVsCode() {
  const asked = process.env.PLATMAP_VSCODE;
  const hasDisplay = process.platform !== "linux" || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
  if (asked === "desktop" || (asked === undefined && hasDisplay)) {
    try {
      return { flavour: "desktop", executable: await downloadAndUnzipVSCode() };
    } catch (error) {
      if (asked === "desktop") {
        throw error;
      }
      console.log(`A desktop VS Code could not be downloaded: ${error.message}`);
    }
  }
  await ensureVsCodeServer();
  await (await launchBrowser()).close();
  return { flavour: "server", executable: path.join(root, "scripts/vscode/code.mjs") };
}

// A copy of the workspace and a fresh profile for each suite, since tests change both.
async function runSuite(suite, runVsCode) {
  const folder = mkdtempSync(path.join(tmpdir(), "platmap-vscode-"));
  try {
    const workspace = path.join(folder, "workspace");
    cpSync(path.join(root, "test/vscode/workspace"), workspace, { recursive: true });
    const userData = path.join(folder, "user");
    mkdirSync(path.join(userData, "User"), { recursive: true });
    writeFileSync(path.join(userData, "User/settings.json"), JSON.stringify(settings));
    const results = path.join(folder, "results.json");
    const log = await runVsCode({
      tests: path.join(root, "out/test/vscode", suite, "index.js"),
      options: [workspace, `--user-data-dir=${userData}`, `--extensions-dir=${path.join(folder, "extensions")}`],
      environment: { PLATMAP_RESULTS: results },
    });
    return readResults(suite, results, log);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

// @vscode/test-electron always asks VS Code to trust the folder.
async function runTrusted(executable, { tests, options, environment }) {
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: root,
      extensionTestsPath: tests,
      launchArgs: options,
      extensionTestsEnv: environment,
    });
    return "";
  } catch (error) {
    return String(error);
  }
}

async function runRestricted(executable, { tests, options, environment }) {
  const { output } = await capture(
    executable,
    [
      ...options,
      ...["--no-sandbox", "--disable-gpu-sandbox", "--disable-updates", "--skip-welcome", "--skip-release-notes"],
      `--extensionDevelopmentPath=${root}`,
      `--extensionTestsPath=${tests}`,
    ],
    { env: { ...process.env, ...environment }, limit },
  );
  return output;
}

function readResults(suite, results, log) {
  if (!existsSync(results)) {
    throw new Error(`VS Code ended without a result of the ${suite} suite.\n${log}`);
  }
  const { passed, failed, output } = JSON.parse(readFileSync(results, "utf8"));
  console.log(output.trimEnd());
  if (passed + failed === 0) {
    throw new Error(`No test of the ${suite} suite ran.`);
  }
  return { passed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { passed, failed } = await testVsCode();
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
