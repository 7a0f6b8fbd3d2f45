// What is bundled for VS Code in a browser, where there is no Node, and what is held of bundles that both run: they need nothing that only a machine has.
// Also writes what a browser cannot find out, since it cannot list the extension's folders.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { root } from "./run.mjs";

/** The server's start in a worker. An import of one of Node's modules is an error here. */
export const webServer = () => ({
  from: "server/src/web/main.ts",
  to: "dist/web/server.js",
  more: { ...forBrowsers, format: "iife", define: { PLATMAP_VERSION: JSON.stringify(version()), PLATMAP_PAGES: JSON.stringify(pages()) } },
});

/** For a bundle of VS Code's extension host on a machine and in a browser: what only a machine has is behind a door that is opened there. */
export const onBoth = { platform: "browser", format: "cjs", target: "es2022", mainFields: ["browser", "module", "main"], external: ["vscode", "./machine.js"] };

const forBrowsers = { platform: "browser", target: "es2022", mainFields: ["browser", "module", "main"] };

/** Around a bundle for Node, so that a worker can load it too: by a script in the same scope, which gives it what Node would (server/src/web/main.ts). */
export const lentToBrowsers = {
  banner: { js: "((require, module, exports) => {" },
  footer: { js: "})(...(globalThis.platmapBundle?.() ?? [require, module, exports]));" },
};

/** Node's modules whose place is taken in a browser by server/src/web/nodeModules.ts. */
const replaced = new Set(["node:path", "node:url", "node:crypto", "./server.js"]);

/** Throws when a bundle that browsers are lent asks for more than they have. */
export function expectFitForBrowsers({ outputs }) {
  const asked = Object.values(outputs).flatMap(({ imports }) => imports.map((one) => one.path));
  const missing = [...new Set(asked)].filter((name) => !replaced.has(name));
  if (missing.length > 0) throw new Error(`${Object.keys(outputs).join()} needs ${missing.join(", ")}, which no browser has.`);
}

/** For `Open Example…`, in the order of its list: the one for who sees Platmap for the first time, then by name. Those that name other files would not find them. */
export function exampleList() {
  const first = "first-steps.platform.jsonc";
  const names = readdirSync(path.join(root, "examples")).filter((name) => name.endsWith(".platform.jsonc")).sort();
  return names.sort((a, b) => Number(b === first) - Number(a === first)).map((name) => ({ name, description: descriptionOf(name) }));
}

function descriptionOf(example) {
  return /^\/\/ (.*)/.exec(readFileSync(path.join(root, "examples", example), "utf8"))?.[1] ?? "";
}

function version() {
  return JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version;
}

function pages() {
  return readdirSync(path.join(root, "docs/rules")).map((name) => path.basename(name, ".md")).filter((name) => name !== "README");
}
