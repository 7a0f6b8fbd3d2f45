// npm start: builds Platmap, shows the findings of the examples here, then opens the examples in VS Code with the
// extension. With --no-editor it stops after the findings.
import { build } from "./build.mjs";
import { ensurePackages } from "./prepare.mjs";
import { findProgram, root, run } from "./run.mjs";

await ensurePackages();
await build();
await showFindings();
if (!process.argv.includes("--no-editor")) {
  await openEditor();
}

// Findings (exit code 1) are what the examples are there to show; anything above is a failure of ours.
async function showFindings() {
  const code = await run(process.execPath, ["dist/cli.js", "check", "examples"]);
  if (code > 1) {
    throw new Error(`platmap check ended with exit code ${code}.`);
  }
}

async function openEditor() {
  const code = findProgram("code", "code-insiders", "codium");
  if (code === undefined) {
    const { openInBrowser } = await import("./vscode/open.mjs");
    await openInBrowser("examples");
    return;
  }
  const result = await run(code, [`--extensionDevelopmentPath=${root}`, "examples"], {
    shell: process.platform === "win32",
  });
  if (result !== 0) {
    throw new Error(`${code} ended with exit code ${result}.`);
  }
}
