// Runs test/clients/neovim.lua: the recipe of docs/editors.md under a language client that is not ours. Needs neovim, or root on a
// Debian.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ensureProgram } from "../prepare.mjs";
import { capture, root } from "../run.mjs";
import { prepareRecipe } from "./recipe.mjs";

const limit = 120_000;

/** Resolves to how many of the checks passed and failed. */
export async function testNeovim() {
  const neovim = await ensureProgram(["nvim"], "neovim");
  const folder = mkdtempSync(path.join(tmpdir(), "platmap-neovim-"));
  try {
    const document = path.join(folder, "overlap.platform.jsonc");
    cpSync(path.join(root, "test/vscode/workspace/overlap.platform.jsonc"), document);
    commit(folder);
    const { env } = prepareRecipe(folder, "lua");
    const script = path.join(root, "test/clients/neovim.lua");
    const { output } = await capture(neovim, ["--headless", "--clean", "-n", "-u", script, document], {
      cwd: folder,
      env: { ...env, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder },
      limit,
    });
    console.log(output.replace(/(?:\r?\n)+/g, "\n").trim());
    return count(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The document has a past to be compared with. */
function commit(folder) {
  const git = (...args) => execFileSync("git", args, { cwd: folder, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" } });
  git("init", "--quiet");
  git("add", "--all");
  git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "the document");
}

function count(output) {
  const lines = output.split(/\r?\n/);
  const passed = lines.filter((line) => line.startsWith("ok - ")).length;
  const failed = lines.filter((line) => line.startsWith("not ok - ")).length;
  if (!lines.includes("done")) {
    throw new Error("neovim ended before all checks were made.");
  }
  return { passed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { passed, failed } = await testNeovim();
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
