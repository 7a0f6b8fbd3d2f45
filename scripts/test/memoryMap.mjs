// Uses the memory map in the real VS Code as a person does: with a mouse, with keys alone, while typing, over a reload, in four themes.
// axe-core says whether the page is fit for those who cannot see it. Needs Linux on x64, since the browser shows the server flavour of VS Code.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { board, countForeignElements, lineOf, runIfStarted, runPageChecks } from "../vscode/checkedPage.mjs";
import { memoryMapFrame, openFile, openMemoryMap, reloadWindow } from "../vscode/memoryMap.mjs";

/** As the picker of themes calls them, and as pages are told of them. */
export const themes = [
  ["Light Modern", "vscode-light"],
  ["Dark Modern", "vscode-dark"],
  ["Dark High Contrast", "vscode-high-contrast"],
  ["Light High Contrast", "vscode-high-contrast-light"],
];

const soc = '{\n  "platform": "soc",\n  "devices": [\n    { "name": "gpio", "base": "0x0903_0000", "size": "4K" },\n  ],\n}\n';

/** Resolves to how many of the checks passed and failed. */
export async function testMemoryMap() {
  return runPageChecks({ name: "map", checks, begin });
}

async function begin({ page, folder, server }) {
  const file = path.join(folder, "board.platform.jsonc");
  writeFileSync(file, board);
  writeFileSync(path.join(folder, "soc.platform.jsonc"), soc);
  writeFileSync(path.join(folder, "upper.platform.jsonc"), '{ "platform": "upper", "extends": "soc.platform.jsonc", "devices": [{ "name": "fpga", "base": "0x0a00_0000", "size": "64K" }] }\n');
  writeFileSync(path.join(folder, "empty.platform.jsonc"), "{}\n");
  writeFileSync(path.join(folder, "broken.platform.jsonc"), '{\n  "platform": "broken",\n  "devices": [{ "name":\n');
  await openFile(page, server, file);
  await openMemoryMap(page);
}

const checks = [
  [
    "the button in the title bar shows the map beside the text, with its findings",
    async ({ frame: map }) => {
      const frame = await map();
      await frame.locator(".pm text.name", { hasText: "uart0" }).waitFor();
      assert.equal(await frame.locator("#findings li").count(), 4);
      await frame.locator("#summary", { hasText: "4 findings" }).waitFor();
    },
  ],
  [
    "a click on a box selects its value in the text",
    async ({ page, frame: map }) => {
      await (await map()).locator('.row[data-id="pa/devices/2/base"]').click({ position: { x: 5, y: 5 } });
      await lineAt(page, lineOf(board, '"gicd"'));
      await selectedRow(await map(), "gicd");
    },
  ],
  [
    "the cursor in the text selects the box, the innermost one",
    async ({ page, frame: map }) => {
      await clickText(page, '"bl31"');
      await selectedRow(await map(), "bl31");
      assert.ok((await (await map()).locator(".pm .ring").count()) >= 1);
    },
  ],
  [
    "an edit moves the box, and what it mends is gone",
    async ({ page, frame: map }) => {
      await clickText(page, "0x0900_8000", 2);
      await page.keyboard.type("0x0901_0000");
      await (await map()).locator("#summary", { hasText: "3 findings" }).waitFor();
      await (await map()).locator(".pm text.address", { hasText: "0x0901_0000" }).waitFor();
    },
  ],
  [
    "a broken text keeps the last picture, and says so; mended, it is the picture of now",
    async ({ page, frame: map }) => {
      await clickText(page, '"gicd"');
      await page.keyboard.type('"{');
      const frame = await map();
      await frame.locator("#stale", { hasText: "syntax errors" }).waitFor();
      await frame.locator(".pm text.name", { hasText: "gicd" }).waitFor();
      await page.keyboard.press("Control+z");
      await frame.locator("#stale").waitFor({ state: "hidden" });
    },
  ],
  [
    "the filter leaves what matches; the rest is counted",
    async ({ frame: map }) => {
      const frame = await map();
      await frame.locator("#filter").fill("uart1");
      await frame.locator(".pm text.name", { hasText: "uart0" }).waitFor({ state: "detached" });
      assert.equal(await frame.locator(".pm text.name", { hasText: "uart1" }).count(), 1);
      await frame.locator("#filter").press("Escape");
      await frame.locator(".pm text.name", { hasText: "uart0" }).waitFor();
    },
  ],
  [
    "an address from a log is located in every space",
    async ({ frame: map }) => {
      const frame = await map();
      await frame.locator("#locate").fill("0xfe15_0000");
      await frame.locator("#locate").press("Enter");
      await frame.locator("#located dd", { hasText: "bl31" }).waitFor();
      await frame.locator("#located dd", { hasText: "optee" }).waitFor();
      assert.equal(await frame.locator(".pm .hair").count(), 1);
      await frame.locator("#locate").fill("fee00000");
      await frame.locator("#locate").press("Enter");
      await frame.locator("#located", { hasText: "0xfee0_0000?" }).waitFor();
      await frame.locator("#locate").press("Escape");
      await frame.locator("#located").waitFor({ state: "hidden" });
    },
  ],
  [
    "keys alone walk the lanes, go from finding to finding, and lead into the text and back",
    async ({ page, frame: map }) => {
      const frame = await map();
      await frame.locator("#regions tr[tabindex='0']").focus();
      await page.keyboard.press("F8");
      const before = await selectedId(frame);
      await page.keyboard.press("ArrowDown");
      assert.notEqual(await selectedId(frame), before);
      await frame.locator('#regions tr[data-id="pa/doorbells/0/base"]').focus();
      await page.keyboard.press("ArrowLeft");
      await selectedRow(frame, "MSI window");
      await page.keyboard.press("ArrowRight");
      await selectedRow(frame, "its");
      await page.keyboard.press("Enter");
      await page.locator(".monaco-editor.focused").waitFor();
      await lineAt(page, lineOf(board, '"doorbells"') + 1);
    },
  ],
  [
    "the PCIe tree shows groups and ACS, and a function leads to its entry",
    async ({ page, frame: map }) => {
      const frame = await map();
      await frame.locator("#tab-pcie").click();
      await frame.locator("#functions tr", { hasText: "nic" }).click();
      await frame.locator("#pcie-details h2", { hasText: "nic" }).waitFor();
      await frame.locator("#functions tr[aria-selected='true']", { hasText: "nic" }).waitFor();
      await lineAt(page, lineOf(board, '"nic"'));
      await frame.locator("#tab-map").click();
    },
  ],
  [
    "Export Map… writes the picture of the lanes that are shown, where the user says",
    async ({ page, folder }) => {
      await runCommand(page, "Platmap: Export Map…");
      await page.locator(".quick-input-title", { hasText: "Export Map" }).waitFor();
      // The dialog begins with the folder, and has the name once it has looked into it.
      await page.waitForFunction(() => document.querySelector(".quick-input-widget input[type=text]")?.value.endsWith("/board.svg"));
      await page.keyboard.press("Enter");
      const picture = path.join(folder, "board.svg");
      for (let tries = 0; !existsSync(picture); tries += 1) {
        assert.ok(tries < 100, `${picture} is written`);
        await page.waitForTimeout(100);
      }
      assert.match(readFileSync(picture, "utf8"), /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*>first-steps<\/text>[\s\S]*>uart0<\/text>/);
    },
  ],
  [
    "it is there after a reload of the window, as it was left",
    async ({ page, frame: map }) => {
      await (await map()).locator("#filter").fill("dram");
      await (await map()).locator(".pm text.name", { hasText: "uart0" }).waitFor({ state: "detached" });
      await written(page, "filter", "dram");
      await reloadWindow(page);
      const frame = await memoryMapFrame(page);
      await frame.locator(".pm text.name", { hasText: "dram" }).waitFor();
      assert.equal(await frame.locator("#filter").inputValue(), "dram");
      assert.equal(await frame.locator(".pm text.name", { hasText: "uart0" }).count(), 0);
      await frame.locator("#filter").fill("");
      await frame.locator(".pm text.name", { hasText: "uart0" }).waitFor();
    },
  ],
  ...themes.map(([theme, kind]) => [
    `axe-core finds nothing in ${theme}, in the map, its table and the PCIe tree`,
    async ({ page, frame: map }) => {
      await chooseTheme(page, theme);
      const frame = await map();
      await frame.locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor({ state: "attached" });
      await frame.locator("#tab-map").click();
      await expectAccessible(frame);
      await frame.locator("#table").click();
      await expectAccessible(frame);
      await frame.locator("#table").click();
      await frame.locator("#tab-pcie").click();
      await expectAccessible(frame);
      await frame.locator("#tab-map").click();
    },
  ]),
  [
    "an entry of the file that a board extends leads into that file, and the map goes on showing the board",
    async ({ page, frame: map }) => {
      await page.locator(".monaco-editor .view-lines").first().click();
      await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "upper.platform" }).dblclick();
      const frame = await map();
      await frame.locator("#summary", { hasText: "upper" }).waitFor();
      for (const name of ["gpio", "fpga", "gpio"]) {
        // Names let clicks through to their boxes.
        await frame.locator(".pm text.name", { hasText: name }).click({ force: true });
        await page.locator(".tab.active", { hasText: name === "gpio" ? "soc.platform" : "upper.platform" }).first().waitFor();
        await page.locator(".monaco-editor .view-line span", { hasText: `"${name}"` }).first().waitFor();
      }
      await lineAt(page, lineOf(soc, '"gpio"'));
      await frame.locator("#summary", { hasText: "upper" }).waitFor();
      assert.equal(await frame.locator(".pm text.name", { hasText: "fpga" }).count(), 1);
    },
  ],
  [
    "a description without an address says what is missing, and one that came with syntax errors that it has them",
    async ({ page, frame: map }) => {
      for (const [name, said] of [["empty", "Nothing here has an address yet."], ["broken", "The text has had syntax errors since it was opened."]]) {
        await page.locator(".monaco-editor .view-lines").first().click();
        await page.locator(".explorer-folders-view .monaco-list-row", { hasText: `${name}.platform` }).dblclick();
        await (await map()).locator("#nothing", { hasText: said }).waitFor();
        assert.equal(await (await map()).locator("#body").isVisible(), false);
      }
    },
  ],
  [
    "it follows the active editor, and two hundred hostile names stay text",
    async ({ page, frame: map }) => {
      // A file opens in the group that has the focus, and that of the map is taken.
      await page.locator(".monaco-editor .view-lines").first().click();
      await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "hostile.platform" }).dblclick();
      const frame = await map();
      await frame.locator("#summary", { hasText: "hostile" }).waitFor();
      await frame.locator("#findings li", { hasText: "<img src=x onerror=" }).first().waitFor({ state: "attached" });
      await frame.locator("#findings li", { hasText: "</text><script>" }).first().waitFor({ state: "attached" });
      assert.equal(await countForeignElements(frame), 0);
    },
  ],
];

/** Runs a command of the palette. */
export async function runCommand(page, title) {
  await page.keyboard.press("F1");
  await page.locator(".quick-input-widget input").first().fill(`>${title}`);
  await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: title.replace(/^.*: /, "") }).waitFor();
  await page.keyboard.press("Enter");
}

/** The line that the cursor of the text is in, whether or not the text has the focus. */
export async function lineAt(page, line) {
  await page.locator(".monaco-editor .line-numbers.active-line-number", { hasText: new RegExp(`^${line}$`) }).waitFor();
}

/** Clicks into the text, where it is drawn. */
export async function clickText(page, text, clickCount = 1) {
  await page.locator(".monaco-editor .view-line span", { hasText: text }).last().click({ clickCount });
}

/** VS Code writes down what pages remember when it comes to it; a browser that goes earlier would lose it. */
export async function written(page, key, value, view = "platmap.memoryMap") {
  for (let tries = 0; !(await page.evaluate(isInStorage, [view, `${key}\\W+${value}`])); tries += 1) {
    assert.ok(tries < 200, `VS Code writes down that ${key} is ${value}`);
    await page.waitForTimeout(500);
  }
}

// Runs in the window: looks through the databases in which VS Code keeps its state.
async function isInStorage([view, wanted]) {
  const open = (name) => new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
  const all = (store) => new Promise((resolve) => (store.getAll().onsuccess = ({ target }) => resolve(target.result)));
  for (const { name } of await indexedDB.databases()) {
    const database = await open(name);
    for (const store of database.objectStoreNames) {
      const values = await all(database.transaction(store).objectStore(store));
      if (values.some((value) => typeof value === "string" && value.includes(view) && new RegExp(wanted).test(value))) {
        database.close();
        return true;
      }
    }
    database.close();
  }
  return false;
}

async function selectedRow(frame, text) {
  await frame.locator("#regions tr[aria-selected='true']", { hasText: text }).waitFor({ state: "attached" });
}

async function selectedId(frame) {
  return frame.locator("#regions tr[aria-selected='true']").first().getAttribute("data-id");
}

export async function chooseTheme(page, theme) {
  await page.locator(".monaco-editor .view-lines").first().click();
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Control+t");
  await page.locator(".quick-input-widget input").first().fill(theme);
  await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: theme }).waitFor();
  await page.keyboard.press("Enter");
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function expectAccessible(frame) {
  const handle = await frame.locator("body").elementHandle();
  const inner = await handle.ownerFrame();
  if (!(await inner.evaluate("typeof axe === 'object'"))) {
    await inner.evaluate(axe);
  }
  const { violations, passes } = await inner.evaluate("axe.run(document, { resultTypes: ['violations', 'passes'] })");
  const said = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" ")}`);
  assert.deepEqual(said, []);
  assert.ok(passes.length > 10, "axe-core looked at something");
}

await runIfStarted(import.meta.url, testMemoryMap);
