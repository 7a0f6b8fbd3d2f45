// npm run package: builds Platmap and packs it as platmap-VERSION.vsix, which VS Code installs; --out FILE puts it
// elsewhere.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { ensurePackages } from "./prepare.mjs";
import { root } from "./run.mjs";

const { values } = parseArgs({ options: { out: { type: "string" } } });
await ensurePackages();
await build();
const { name, version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const { createVSIX } = await import("@vscode/vsce");
// All packages are inside the bundles, and there is no public address of the repository yet.
await createVSIX({
  cwd: root,
  packagePath: path.resolve(values.out ?? path.join(root, `${name}-${version}.vsix`)),
  dependencies: false,
  allowMissingRepository: true,
  // The README's picture travels in the package.
  rewriteRelativeLinks: false,
  skipLicense: false,
});
