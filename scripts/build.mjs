// npm run build: bundles the extension, the language server and the command line into dist/.
// With --development the bundles are readable and carry their source maps. Checks no types: tsc -b does.
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ensurePackages } from "./prepare.mjs";
import { withoutRulePages } from "./rulePages.mjs";
import { root } from "./run.mjs";
import { exampleList, expectFitForBrowsers, lentToBrowsers, onBoth, webServer } from "./webBundles.mjs";

// The server has loaded the protocol's library already; what it loads later takes it from there.
const protocolOfServer = {
  name: "protocol-of-server",
  setup(build) {
    build.onResolve({ filter: /^vscode-languageserver(-textdocument|\/node)?$/ }, () => ({ path: "./server.js", external: true }));
  },
};

// The same for the extension, and what it has on a machine alone.
const libraryOfExtension = {
  name: "library-of-extension",
  setup(build) {
    build.onResolve({ filter: /^\.\.\/common\/(api|client)$/ }, () => ({ path: "library", namespace: "of-extension" }));
    build.onResolve({ filter: /^\.\/extension\.js$/ }, ({ path: name }) => ({ path: name, external: true }));
    build.onLoad({ filter: /./, namespace: "of-extension" }, () => ({ contents: 'module.exports = require("./extension.js").library;' }));
  },
};

const bundles = [
  { from: "client/src/extension.ts", to: "dist/extension.js", more: onBoth },
  { from: "client/src/machine.ts", to: "dist/machine.js", plugins: [libraryOfExtension] },
  { from: "client/src/webview/main.ts", to: "dist/memoryMap.js", plugins: [withoutRulePages], page: true },
  { from: "client/src/webview/memoryMap.css", to: "dist/memoryMap.css", page: true },
  { from: "client/src/webview/comparison/main.ts", to: "dist/comparison.js", plugins: [withoutRulePages], page: true },
  { from: "client/src/webview/comparison/comparison.css", to: "dist/comparison.css", page: true },
  { from: "server/src/import/importPlatform.ts", to: "dist/import.js", plugins: [withoutRulePages] },
  { from: "server/src/cli/main.ts", to: "dist/cli.js", program: true },
  { from: "server/src/main.ts", to: "dist/server.js" },
  { from: "server/src/server.ts", to: "dist/features.js", plugins: [withoutRulePages, protocolOfServer], more: lentToBrowsers, check: expectFitForBrowsers },
  webServer(),
];

/** Bundles all entry points, and drops from dist/ what is no part of the build. Throws when a bundle cannot be made. */
export async function build({ development = false } = {}) {
  const { build: bundle } = await import("esbuild");
  mkdirSync(path.join(root, "dist"), { recursive: true });
  const inputs = new Set();
  for (const entry of bundles) {
    const result = await bundle(options(entry, development));
    entry.check?.(result.metafile);
    Object.keys(result.metafile.inputs).forEach((input) => inputs.add(input));
    if (entry.program) {
      chmodSync(path.join(root, entry.to), 0o755);
    }
  }
  writeFileSync(path.join(root, "dist/examples.json"), `${JSON.stringify(exampleList())}\n`);
  writeFileSync(path.join(root, "dist/licenses.txt"), licensesOf(inputs));
  removeLeftovers([...bundles.map((entry) => entry.to.split("/")[1]), "examples.json", "licenses.txt"]);
}

function options({ from, to, program, page = false, plugins = [], more = {} }, development) {
  const hasHashbang = readFileSync(path.join(root, from), "utf8").startsWith("#!");
  return {
    absWorkingDir: root,
    entryPoints: [from],
    outfile: to,
    bundle: true,
    // A page of VS Code is shown by the browser that is in it.
    ...(page ? { platform: "browser", format: "iife", target: "chrome120" } : { platform: "node", format: "cjs", target: "node20" }),
    // jsonc-parser's UMD build loads its parts by names that a bundle does not have.
    mainFields: ["module", "main"],
    external: ["vscode"],
    plugins,
    minify: !development,
    sourcemap: development ? "inline" : false,
    legalComments: "none",
    banner: program && !hasHashbang ? { js: "#!/usr/bin/env node" } : {},
    metafile: true,
    logLevel: "warning",
    ...more,
  };
}

// The licences of the packages that are inside the bundles must travel with them.
function licensesOf(inputs) {
  const folders = new Set([...inputs].map(packageFolder).filter((folder) => folder !== undefined));
  return [...folders].sort().map(licenseOf).join("\n");
}

function packageFolder(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8"));
  const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? "" : readFileSync(path.join(root, folder, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

function removeLeftovers(wanted) {
  const dist = path.join(root, "dist");
  for (const entry of readdirSync(dist).filter((name) => !wanted.includes(name))) {
    rmSync(path.join(dist, entry), { recursive: true });
  }
}

function printSizes() {
  for (const { to } of bundles) {
    console.log(`${to.padEnd(18)} ${(statSync(path.join(root, to)).size / 1024).toFixed(0).padStart(5)} KiB`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await ensurePackages();
  await build({ development: process.argv.includes("--development") });
  printSizes();
}
