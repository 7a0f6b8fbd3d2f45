// Runs checks of a page of ours in the real VS Code, one after the other in the same window, and counts them; with the workspace that the checks share and
// what several of them do. Knows nothing of what is checked.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../run.mjs";
import { launchBrowser } from "./browser.mjs";
import { memoryMapFrame } from "./memoryMap.mjs";
import { startVsCodeServer } from "./server.mjs";

const patience = 20_000;

/** The board that the checks work on. */
export const board = readFileSync(path.join(root, "examples/first-steps.platform.jsonc"), "utf8");

/**
 * Resolves to how many of the checks passed and failed. A check gets the window (`page`), the folder that is open and the frame of our page (`frame()`).
 * `begin` writes what the folder holds besides hostile.platform.jsonc, and opens what the checks begin with.
 */
export async function runPageChecks({ name, checks, begin, settings }) {
  const folder = mkdtempSync(path.join(tmpdir(), `platmap-${name}-`));
  const server = await startVsCodeServer(settings && { settings });
  const browser = await launchBrowser();
  const counts = { passed: 0, failed: 0 };
  try {
    const page = await browser.newPage({ viewport: { width: 1700, height: 1000 } });
    page.setDefaultTimeout(patience);
    writeFileSync(path.join(folder, "hostile.platform.jsonc"), hostileDescription());
    await begin({ page, folder, server });
    for (const [title, body] of checks) await check(title, () => body({ page, folder, frame: () => memoryMapFrame(page) }), counts);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return counts;
}

/** Runs one check, and counts it. */
export async function check(title, body, counts) {
  try {
    await body();
    counts.passed += 1;
    console.log(`ok - ${title}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`not ok - ${title}\n${error instanceof Error ? error.message : error}`);
  }
}

/** Runs the checks when their file is the program that was started, and ends with their result. */
export async function runIfStarted(moduleUrl, test) {
  if (moduleUrl !== pathToFileURL(process.argv[1] ?? "").href) return;
  const { passed, failed } = await test();
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** The line, from 1, on which a part of a text stands. */
export function lineOf(text, wanted) {
  return text.slice(0, text.indexOf(wanted)).split("\n").length;
}

/** Nothing that a hostile description says has become an element of the page. */
export async function countForeignElements(frame) {
  const scripts = await frame.locator("script", { hasText: "document.title" }).count();
  return scripts + (await frame.locator("img, iframe, object, a, [onerror], [onload]").count());
}

function hostileDescription() {
  const texts = [
    '<img src=x onerror="document.title=1">',
    "</text><script>document.title=2</script>",
    "&lt;b&gt;",
    "${document.title=3}",
    "'\"><a href=javascript:1>",
    "\u202eright to left",
    "x".repeat(400),
    "__proto__",
  ];
  const devices = Array.from({ length: 200 }, (_, index) => ({
    name: `${texts[index % texts.length]}${index}`,
    base: `0x${(0x1000_0000 + index * 0x10000).toString(16)}`,
    size: "64K",
  }));
  return JSON.stringify({ platform: "hostile", description: texts.join(" "), physicalAddressBits: 40, devices }, undefined, 2);
}
