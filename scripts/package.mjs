// npm run package: builds Platmap and packs it as platmap-VERSION.vsix, which VS Code installs; --out FILE puts it
// elsewhere.
import { readFileSync, statSync } from "node:fs";
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
const packagePath = path.resolve(values.out ?? path.join(root, `${name}-${version}.vsix`));
await createVSIX({
  cwd: root,
  packagePath,
  dependencies: false,
  allowMissingRepository: true,
  // The README's picture travels in the package.
  rewriteRelativeLinks: false,
  skipLicense: false,
});

// Whoever makes it larger should know: a picture with all its colours, a library that one function was needed of.
const { size } = statSync(packagePath);
if (size > 1 << 20) {
  console.error(`The package has ${size} bytes; more than 1 MiB is too much for an extension of this kind.`);
  process.exitCode = 1;
}
