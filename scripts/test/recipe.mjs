// The recipes of docs/editors.md as a reader would use them: the code as it stands there, and `platmap` on PATH. Knows no editor.
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../run.mjs";

/**
 * Writes the code blocks of a language to a file of the folder, and puts a `platmap` of this checkout's build beside it.
 * @returns the recipe's file, and the environment in which `platmap` is found
 */
export function prepareRecipe(folder, language) {
  const blocks = readFileSync(path.join(root, "docs/editors.md"), "utf8").matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"));
  const code = [...blocks].map(([, block]) => block).join("\n");
  if (code === "") {
    throw new Error(`docs/editors.md has no recipe in ${language}.`);
  }
  const recipe = path.join(folder, `recipe.${language}`);
  writeFileSync(recipe, code);
  const program = path.join(folder, "platmap");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${path.join(root, "dist/cli.js")}" "$@"\n`);
  chmodSync(program, 0o755);
  return { recipe, env: { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}`, PLATMAP_RECIPE: recipe } };
}
