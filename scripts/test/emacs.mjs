// Runs test/clients/eglot.el: the recipe of docs/editors.md under Emacs' language client. Needs Emacs with eglot, or root on a Debian.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ensureProgram } from "../prepare.mjs";
import { capture, root } from "../run.mjs";
import { prepareRecipe } from "./recipe.mjs";

const limit = 180_000;

/** Resolves to how many of the checks passed and failed. */
export async function testEmacs() {
  const emacs = await ensureProgram(["emacs"], "emacs-nox", "elpa-eglot");
  const folder = mkdtempSync(path.join(tmpdir(), "platmap-emacs-"));
  try {
    const document = path.join(folder, "overlap.platform.jsonc");
    cpSync(path.join(root, "test/vscode/workspace/overlap.platform.jsonc"), document);
    const { env } = prepareRecipe(folder, "elisp");
    const { output } = await capture(emacs, ["--batch", "-l", path.join(root, "test/clients/eglot.el"), document], {
      cwd: folder,
      env: { ...env, HOME: folder },
      limit,
    });
    console.log(output.split(/\r?\n/).filter((line) => /^(?:not )?ok - |^done$/.test(line)).join("\n"));
    return count(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(output) {
  const lines = output.split(/\r?\n/);
  const passed = lines.filter((line) => line.startsWith("ok - ")).length;
  const failed = lines.filter((line) => line.startsWith("not ok - ")).length;
  if (!lines.includes("done")) {
    throw new Error(`Emacs ended before all checks were made:\n${output.trim()}`);
  }
  return { passed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { passed, failed } = await testEmacs();
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
