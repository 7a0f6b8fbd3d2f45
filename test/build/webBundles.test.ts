// What is shipped for VS Code in a browser needs nothing that only a machine has, and a build that would says so. Knows nothing of what the bundles do.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build, type BuildOptions, type Metafile } from "esbuild";
import { repositoryRoot } from "../repositoryRoot";

interface WebBundles {
  readonly onBoth: BuildOptions;
  webServer(): { readonly more: BuildOptions };
  expectFitForBrowsers(metafile: Pick<Metafile, "outputs">): void;
}
const webBundles = (): Promise<WebBundles> => import(pathToFileURL(path.join(repositoryRoot, "scripts/webBundles.mjs")).href) as Promise<WebBundles>;
const required = (bundle: string): string[] => [...new Set([...readFileSync(path.join(repositoryRoot, "dist", bundle), "utf8").matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = ""]) => name))].sort();

describe("the bundles that a browser runs", () => {
  it("ask for VS Code, for each other, and for what stands in for Node", () => {
    assert.deepEqual(required("extension.js"), ["./machine.js", "vscode"]);
    assert.deepEqual(required("web/server.js"), []);
    const standsIn = [...readFileSync(path.join(repositoryRoot, "server/src/web/nodeModules.ts"), "utf8").matchAll(/^ {2}"(node:\w+)":/gm)].map(([, name]) => name);
    assert.deepEqual(required("features.js"), ["./server.js", ...standsIn].sort());
  });

  for (const name of ["node:fs", "node:child_process", "crypto"]) {
    it(`do not build with ${name}, neither those for browsers alone nor those that both run`, async () => {
      const { onBoth, webServer, expectFitForBrowsers } = await webBundles();
      for (const more of [onBoth, webServer().more]) {
        const stdin = { contents: `import * as needed from "${name}"; console.log(needed);`, resolveDir: repositoryRoot };
        await assert.rejects(build({ stdin, bundle: true, write: false, logLevel: "silent", ...more }), new RegExp(`Could not resolve "${name}"`));
      }
      const { metafile } = await build({ stdin: { contents: `import * as needed from "${name}"; console.log(needed);` }, bundle: true, write: false, metafile: true, platform: "node", outfile: "features.js" });
      assert.throws(() => expectFitForBrowsers(metafile), { message: `features.js needs ${name}, which no browser has.` });
    });
  }
});
