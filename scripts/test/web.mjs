// Uses Platmap in VS Code for the web as a person does: a window without any machine behind it, and a workspace on a file system that is in the browser alone.
// Needs Linux on x64, since the window comes from the server flavour of VS Code.
import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../run.mjs";
import { launchBrowser } from "../vscode/browser.mjs";
import { check, lineOf, runIfStarted } from "../vscode/checkedPage.mjs";
import { memoryMapFrame, openMemoryMap } from "../vscode/memoryMap.mjs";
import { extensionPayload, pageUrl, startVsCodeServer } from "../vscode/server.mjs";
import { startWebWindow } from "../vscode/webWindow.mjs";
import { clickText, lineAt, runCommand } from "./memoryMap.mjs";

const patience = 30_000;

const soc = `{
  "platform": "soc",
  "physicalAddressBits": 40,
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G" }],
  "devices": [{ "name": "uart0", "base": "0x1000_0000", "size": "4K" }],
}
`;
const board = `{
  "platform": "board",
  "extends": "soc.platform.jsonc",
  "devices": [
    { "name": "eth0", "base": "0x1000_0000", "size": "64K" },
    { "name": "eth1", "base": "dram.next", "size": "64K" },
  ],
}
`;
const guest = `{
  "guest": "web",
  "hosts": ["../board.platform.jsonc"],
  "passthrough": [{ "host": "bord", "device": "05:00.0" }],
}
`;
const files = { "/boards/soc.platform.jsonc": soc, "/boards/board.platform.jsonc": board, "/boards/guests/web.guest.jsonc": guest };

/** What VS Code would say of itself on a first start. */
const quietSettings = { "chat.disableAIFeatures": true, "files.autoSave": "off", "workbench.secondarySideBar.defaultVisibility": "hidden", "workbench.startupEditor": "none" };

const shelf = path.join(root, "test/vscode/web/shelf");

/** Resolves to how many of the checks passed and failed. */
export async function testWeb() {
  const counts = { passed: 0, failed: 0 };
  await runIn(openInBrowser, checks, counts);
  console.log("The same workspace in a window on a machine, whose server has no such disk:");
  await runIn(openOnMachine, checksOnMachine, counts);
  return counts;
}

/** Runs checks one after the other in one window. */
async function runIn(openWindow, checksThere, counts) {
  const { url, stop } = await openWindow();
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1700, height: 1000 } });
    page.setDefaultTimeout(patience);
    const complaints = complaintsOf(page);
    await page.goto(url);
    for (const [title, body] of checksThere) await check(title, () => body({ page, complaints }), counts);
  } finally {
    await browser.close();
    await stop();
  }
}

async function openInBrowser() {
  const at = (url, name) => ({ scheme: "http", authority: url.host, path: name });
  return startWebWindow({
    folders: { extension: root, shelf },
    texts: { "/shelf/files.json": JSON.stringify(files) },
    options: (url) => ({
      folderUri: { scheme: "shelf", path: "/boards" },
      additionalBuiltinExtensions: [at(url, "/shelf")],
      developmentOptions: { extensions: [at(url, "/extension")] },
      configurationDefaults: quietSettings,
    }),
  });
}

async function openOnMachine() {
  const server = await startVsCodeServer();
  // VS Code finds an extension that lies here when the first window opens.
  const installed = path.join(server.profile, "extensions/platmap-test.shelf-1.0.0");
  cpSync(shelf, installed, { recursive: true });
  writeFileSync(path.join(installed, "files.json"), JSON.stringify(files));
  return { url: pageUrl(server, { folderUri: "shelf:/boards", payload: [extensionPayload(server, root), ["skipWelcome", "true"]] }), stop: server.stop };
}

/** What the browser's console says of our extension that is no mere note. */
function complaintsOf(page) {
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && /platmap|\/extension\//i.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error.stack)));
  return complaints;
}

const checks = [
  [
    "a description that extends another has its findings in the text, and the other is read",
    async ({ page }) => {
      await openFile(page, "board.platform.jsonc");
      await page.locator(".monaco-editor .squiggly-error").first().waitFor();
      await runCommand(page, "Problems: Focus on Problems View");
      await problem(page, "device uart0 overlaps device eth0").waitFor();
    },
  ],
  [
    "files that nobody has opened have findings, too",
    async ({ page }) => {
      await problem(page, 'no host is called "bord"; did you mean "board"?').waitFor();
      assert.equal(await problem(page, "is not there").count(), 0);
    },
  ],
  [
    "the hover of an address says what is there, and leads to the rule's page",
    async ({ page }) => {
      const hover = page.locator(".monaco-hover:not(.hidden)", { hasText: "device eth0" });
      await untilShown(hover, () => textOf(page, "0x1000_0000").hover());
      await hover.locator("a", { hasText: "overlapping-regions" }).first().click();
      await page.locator(".tab.active", { hasText: "overlapping-regions.md" }).waitFor();
      await page.locator(".monaco-editor .view-line", { hasText: "# overlapping-regions" }).first().waitFor();
      await openFile(page, "board.platform.jsonc");
    },
  ],
  [
    "completion of a base knows the free places, around what the extended file says, too",
    async ({ page }) => {
      await clickText(page, "0x1000_0000", 2);
      await page.keyboard.press("Delete");
      const rows = page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "0x" });
      await untilShown(rows.first(), () => page.keyboard.press("Control+Space"));
      assert.equal(await rows.filter({ hasText: "0x1000_0000" }).count(), 0, "uart0 is there");
      await page.keyboard.press("Escape");
      await page.keyboard.type("0x1000_0000");
      await page.keyboard.press("Escape");
      await problem(page, "overlaps device").waitFor();
    },
  ],
  [
    "the memory map stands beside the text, follows an edit, and leads back",
    async ({ page }) => {
      await openMemoryMap(page);
      const frame = await memoryMapFrame(page);
      await frame.locator(".pm text.name", { hasText: "eth0" }).waitFor();
      await frame.locator(".pm text.name", { hasText: "uart0" }).waitFor();
      await frame.locator("#findings li", { hasText: "overlaps" }).waitFor();
      await replace(page, "0x1000_0000", "0x1100_0000");
      await frame.locator(".pm text.address", { hasText: "0x1100_0000" }).waitFor();
      await frame.locator("#findings li", { hasText: "overlaps" }).waitFor({ state: "detached" });
      await replace(page, "0x1100_0000", "0x1000_0000");
      await frame.locator("#findings li", { hasText: "overlaps" }).waitFor();
      await frame.locator("#findings li").first().click();
      await lineAt(page, lineOf(board, '"eth0"'));
    },
  ],
  [
    "a fix mends the overlap, in the text, the map and the Problems view",
    async ({ page }) => {
      // The map has led to the value. A pointer over the text would bring a hover, which closes the menu.
      const mend = page.locator(".action-widget .monaco-list-row", { hasText: /^(?:Shrink|Move) eth0/ }).first();
      await untilShown(mend, async () => {
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+1");
        await page.keyboard.press("Control+.");
      });
      await mend.click();
      await problem(page, "overlaps device").waitFor({ state: "detached" });
      await (await memoryMapFrame(page)).locator("#findings li", { hasText: "overlaps" }).waitFor({ state: "detached" });
    },
  ],
  [
    "a rename goes into the file that is extended, which nobody has opened",
    async ({ page }) => {
      await untilShown(page.locator(".rename-box input"), async () => {
        await page.keyboard.press("Escape");
        await textOf(page, "dram").click();
        await page.keyboard.press("F2");
      });
      await page.locator(".rename-box input").fill("ddr");
      await page.locator(".rename-box input").press("Enter");
      await page.locator(".monaco-editor .view-line", { hasText: "ddr.next" }).waitFor();
      await openFile(page, "soc.platform.jsonc");
      await page.locator(".monaco-editor .view-line", { hasText: '"name": "ddr"' }).waitFor();
      await runCommand(page, "File: Save All Files");
      await page.locator(".tab.dirty").first().waitFor({ state: "detached" });
      assert.equal(await problem(page, "nothing is called").count(), 0);
    },
  ],
  [
    "a file that goes is missed by those that name it, and the server restarted knows the same",
    async ({ page }) => {
      await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "soc.platform" }).click();
      await page.keyboard.press("Delete");
      await page.locator(".monaco-dialog-box .monaco-button", { hasText: /Delete/ }).first().click();
      await problem(page, "soc.platform.jsonc is not there").waitFor();
      await openFile(page, "board.platform.jsonc");
      await runCommand(page, "Platmap: Restart Language Server");
      await problem(page, "soc.platform.jsonc is not there").waitFor();
      await problem(page, 'no host is called "bord"').waitFor();
    },
  ],
  [
    "the walkthrough opens an example, which has its status in the language's menu",
    async ({ page }) => {
      await runCommand(page, "Platmap: Get Started");
      await page.locator(".gettingStartedContainer", { hasText: "Get Started with Platmap" }).first().waitFor();
      assert.equal(await page.locator(".gettingStartedContainer .step-title", { hasText: "Import your own machine" }).count(), 0);
      await page.locator(".gettingStartedContainer .button-container", { hasText: "Open the First Example" }).locator("a, button, .monaco-button").first().click();
      await page.locator(".tab.active", { hasText: "first-steps.platform.jsonc" }).waitFor();
      await page.locator(".monaco-editor .squiggly-error").first().waitFor();
      await untilShown(page.locator(".hover-language-status", { hasText: "4 errors, 1 warning" }), () => page.locator("#status\\.languageStatus").hover());
    },
  ],
  [
    "what needs a machine is not offered",
    async ({ page }) => {
      for (const title of ["Platmap: Compare with HEAD", "Platmap: Import Platform…"]) {
        await page.keyboard.press("F1");
        await page.locator(".quick-input-widget input").first().fill(`>${title}`);
        await page.locator(".quick-input-list .monaco-list-row", { hasText: /Platmap|No matching/ }).first().waitFor();
        assert.equal(await page.locator(".quick-input-list .monaco-list-row", { hasText: title }).count(), 0, title);
        await page.keyboard.press("Escape");
      }
    },
  ],
  [
    "nobody was disturbed: no notification, and no complaint in the browser's console",
    async ({ page, complaints }) => {
      await runCommand(page, "Notifications: Show Notifications");
      await page.locator(".notifications-center", { hasText: "No New Notifications" }).waitFor();
      assert.deepEqual(complaints, []);
    },
  ],
];

/** Where the server is a program. */
const checksOnMachine = checks.filter(([title]) => /^(?:a description|files that nobody|a file that goes)/.test(title));

function problem(page, text) {
  return page.locator(".markers-panel .monaco-list-row", { hasText: text }).first();
}

function textOf(page, text) {
  return page.locator(".monaco-editor .view-line span", { hasText: text }).last();
}

/** Types over a value. The suggestions that come with it are not taken. */
async function replace(page, text, typed) {
  await clickText(page, text, 2);
  await page.keyboard.press("Delete");
  await page.keyboard.type(typed);
  await page.keyboard.press("Escape");
}

async function openFile(page, name) {
  // A file opens in the group that has the focus.
  await page.keyboard.press("Control+1");
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).dblclick();
  await page.locator(".tab.active", { hasText: name }).first().waitFor();
  await page.locator(".monaco-editor .view-line").first().waitFor();
}

/** Does it again until it shows: VS Code takes no key while it is busy. */
async function untilShown(wanted, act) {
  for (let tries = 0; ; tries += 1) {
    await act();
    try {
      return await wanted.waitFor({ timeout: 5_000 });
    } catch (error) {
      if (tries === 9) throw error;
    }
  }
}

await runIfStarted(import.meta.url, testWeb);
