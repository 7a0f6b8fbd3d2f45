// An esbuild plugin that leaves the text of rules' pages out of a bundle that never shows them: the language server links to the shipped pages.
// Knows nothing of what the pages say.
// npm test imports this before the packages are there, so typescript is imported where a bundle is made.
import { readFile } from "node:fs/promises";

/** What only a rule's page and its tests read. */
const pageKeys = new Set(["why", "sources", "bad", "good"]);

export const withoutRulePages = {
  name: "without-rule-pages",
  async setup(build) {
    const { default: ts } = await import("typescript");
    build.onLoad({ filter: /[\\/]core[\\/]src[\\/]rules[\\/][a-z0-9-]+\.ts$/ }, async ({ path }) => ({
      contents: withoutPage(ts, path, await readFile(path, "utf8")),
      loader: "ts",
    }));
  },
};

function withoutPage(ts, path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const cuts = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && /^define\w*Rule$/.test(node.expression.getText(source))) {
      const properties = node.arguments[0].properties.filter((one) => pageKeys.has(one.name?.getText(source)));
      cuts.push(...properties.map((one) => [one.getFullStart(), one.end + (text[one.end] === "," ? 1 : 0)]));
    } else ts.forEachChild(node, visit);
  };
  visit(source);
  return cuts.reduceRight((rest, [start, end]) => rest.slice(0, start) + rest.slice(end), text);
}
