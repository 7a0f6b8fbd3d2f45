// Compares descriptions in the real VS Code as a person does: from the palette, the explorer and the title bar, while typing, with keys alone, over a
// reload, in four themes. axe-core says whether the page is fit for those who cannot see it. Needs Linux on x64, as scripts/test/memoryMap.mjs does.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { board, countForeignElements, lineOf, runIfStarted, runPageChecks } from "../vscode/checkedPage.mjs";
import { openFile, reloadWindow } from "../vscode/memoryMap.mjs";
import { chooseTheme, clickText, expectAccessible, lineAt, runCommand, themes, written } from "./memoryMap.mjs";

/** What a commit of the board did not have. */
const changed = board.replace('"0x0900_8000"', '"0x0901_0000"').replace('"size": "2M", "type": "secure"', '"size": "1M", "type": "secure"');

/** Resolves to how many of the checks passed and failed. */
export async function testComparison() {
  // VS Code's own git says when a commit is made, and has the view of what is not committed.
  const settings = { "git.enabled": true, "git.openRepositoryInParentFolders": "never" };
  return runPageChecks({ name: "comparison", checks, begin, settings });
}

async function begin({ page, folder, server }) {
  const file = path.join(folder, "board.platform.jsonc");
  writeFileSync(file, board);
  git(folder, "init", "--quiet");
  commit(folder);
  writeFileSync(file, changed);
  await openFile(page, server, file);
  await page.locator("[class*='squiggly-']").first().waitFor();
}

/** VS Code passes over a click that comes while the menu has just opened: that may be the end of the click which opened it. */
async function chooseInMenu(page, text) {
  const entry = page.locator(".monaco-menu .action-label", { hasText: text });
  await entry.waitFor();
  await page.waitForTimeout(500);
  await entry.click();
}

function commit(folder) {
  git(folder, "add", "--all");
  git(folder, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "the board");
}

function git(folder, ...args) {
  execFileSync("git", args, { cwd: folder, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" } });
}

const checks = [
  [
    "Compare with HEAD says what changed, and shows both maps",
    async ({ page, frame: compared }) => {
      await runCommand(page, "Platmap: Compare with HEAD");
      const frame = await compared();
      await frame.locator("#changes li").nth(2).waitFor();
      const sentences = await frame.locator("#changes .sentence").allTextContents();
      assert.deepEqual(sentences, [
        "1Device uart1 moved: 0x0900_8000-0x0901_7fff (64 KiB) → 0x0901_0000-0x0901_ffff (64 KiB).",
        "2Reservation bl31 was resized: 0xfe00_0000-0xfe1f_ffff (2 MiB) → 0xfe00_0000-0xfe0f_ffff (1 MiB).",
        "3No longer overlapping: device uart1 and device uart0 in 0x0900_8000-0x0900_ffff (32 KiB) of the physical map.",
        "4No longer overlapping: reservation optee and reservation bl31 in 0xfe10_0000-0xfe1f_ffff (1 MiB) of the physical map.",
      ]);
      assert.equal(await frame.locator("#left-name").textContent(), "board.platform.jsonc at HEAD");
      assert.equal(await frame.locator(".pm text.name", { hasText: "uart1" }).count(), 2);
      assert.equal(await frame.locator(".pm .change.moved").count(), 2);
      assert.equal(await frame.locator(".pm .change-mark").count(), 6);
    },
  ],
  [
    "a click on a change leads to its line now, and its link to the line before, in a text that cannot be edited",
    async ({ page, frame: compared }) => {
      const frame = await compared();
      await frame.locator("#changes .sentence").first().click();
      await lineAt(page, lineOf(changed, '"uart1"'));
      await frame.locator('#changes li[data-number="3"] .sentence').click();
      await page.locator(".tab", { hasText: "HEAD: board.platform.jsonc" }).waitFor();
      await page.locator(".monaco-editor .view-line span", { hasText: "0x0900_8000" }).first().waitFor();
      await frame.locator('#changes li[data-number="2"] .link', { hasText: "before" }).click();
      await lineAt(page, lineOf(board, '"bl31"'));
      // Its findings are of no interest: only the file itself has any.
      await page.keyboard.press("Control+Shift+M");
      await page.locator(".markers-panel .monaco-list-row").first().waitFor();
      assert.equal(await page.locator(".markers-panel", { hasText: "HEAD" }).count(), 0);
      await page.keyboard.press("Control+Shift+M");
    },
  ],
  [
    "a click on a box leads into the text of its side",
    async ({ page, frame: compared }) => {
      const frame = await compared();
      await frame.locator('.row[data-id="right:pa/devices/2/base"]').click({ position: { x: 5, y: 5 } });
      await lineAt(page, lineOf(changed, '"gicd"'));
      assert.equal(await frame.locator(".pm .ring").count(), 2);
    },
  ],
  [
    "it follows what is typed and not saved",
    async ({ page, frame: compared }) => {
      await openTab(page, "board.platform.jsonc", "HEAD");
      await clickText(page, "0x0901_0000", 2);
      await page.keyboard.type("0x0900_8000");
      const frame = await compared();
      await frame.locator("#summary", { hasText: "1 resized; 1 overlap gone" }).waitFor();
      await page.keyboard.press("Control+z");
      await frame.locator("#summary", { hasText: "2 overlaps gone" }).waitFor();
    },
  ],
  [
    "a broken text keeps the last picture, and says so",
    async ({ page, frame: compared }) => {
      const frame = await compared();
      await clickText(page, '"gicd"');
      await page.keyboard.type('"{');
      await frame.locator("#stale", { hasText: "syntax errors" }).waitFor();
      await page.keyboard.press("Control+z");
      await frame.locator("#stale").waitFor({ state: "hidden" });
    },
  ],
  [
    "keys alone walk through the table, and lead into both texts",
    async ({ page, frame: compared }) => {
      const frame = await compared();
      await frame.locator("#things tr[tabindex='0']").focus();
      await page.keyboard.press("Home");
      await frame.locator("#things tr[aria-selected='true']", { hasText: "uart1" }).waitFor({ state: "attached" });
      await page.keyboard.press("ArrowDown");
      await frame.locator("#things tr[aria-selected='true']", { hasText: "bl31" }).waitFor({ state: "attached" });
      await page.keyboard.press("Enter");
      await page.locator(".monaco-editor.focused").waitFor();
      await lineAt(page, lineOf(changed, '"bl31"'));
      await frame.locator("#things tr[tabindex='0']").focus();
      await page.keyboard.press("Shift+Enter");
      await page.locator(".tab.active", { hasText: "HEAD: board" }).waitFor();
      await lineAt(page, lineOf(board, '"bl31"'));
    },
  ],
  [
    "it can be turned round",
    async ({ frame: compared }) => {
      const frame = await compared();
      await frame.locator("#exchange").click();
      await frame.locator("#summary", { hasText: "2 new overlaps" }).waitFor();
      await frame.locator("#exchange").click();
      await frame.locator("#summary", { hasText: "2 overlaps gone" }).waitFor();
    },
  ],
  [
    "it is there after a reload of the window, as it was left",
    async ({ page, frame: compared }) => {
      await (await compared()).locator("#table").click();
      await written(page, "isTableShown", "true", "platmap.comparison");
      await reloadWindow(page);
      const frame = await compared();
      await frame.locator("#summary", { hasText: "2 overlaps gone" }).waitFor();
      assert.equal(await frame.locator("#table").getAttribute("aria-pressed"), "true");
      assert.equal(await frame.locator("#left-name").textContent(), "board.platform.jsonc at HEAD");
    },
  ],
  ...themes.map(([theme, kind]) => [
    `axe-core finds nothing in ${theme}, with the table and without`,
    async ({ page, frame: compared }) => {
      await chooseTheme(page, theme);
      const frame = await compared();
      await frame.locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor({ state: "attached" });
      await expectAccessible(frame);
      await frame.locator("#table").click();
      await expectAccessible(frame);
      await frame.locator("#table").click();
    },
  ]),
  [
    "Compare with… offers the other files, from the explorer's menu too, and two hundred hostile names stay text",
    async ({ page, frame: compared }) => {
      await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "board.platform" }).click({ button: "right" });
      await page.locator(".monaco-menu .action-label", { hasText: "Compare with HEAD" }).waitFor();
      await chooseInMenu(page, "Compare with…");
      await page.locator(".quick-input-list .monaco-list-row", { hasText: "hostile.platform.jsonc" }).click();
      const frame = await compared();
      await frame.locator("#left-name", { hasText: "hostile.platform.jsonc" }).waitFor();
      await frame.locator("#changes li", { hasText: "<img src=x onerror=" }).first().waitFor();
      assert.equal(await countForeignElements(frame), 0);
    },
  ],
  [
    "Compare with… a git revision, which the user names; one that is not there is said",
    async ({ page, frame: compared }) => {
      await openTab(page, "board.platform.jsonc", "HEAD");
      await chooseRevision(page, "no-such-branch");
      await notification(page, "there is no revision no-such-branch");
      await chooseRevision(page, "HEAD~0");
      await (await compared()).locator("#left-name", { hasText: "at HEAD~0" }).waitFor();
    },
  ],
  [
    "the view of what is not committed has Compare with HEAD, and a commit is followed",
    async ({ page, folder, frame: compared }) => {
      await page.keyboard.press("Control+Shift+G");
      await page.locator(".scm-view .monaco-list-row", { hasText: "board.platform.jsonc" }).first().click({ button: "right" });
      await chooseInMenu(page, "Compare with HEAD");
      const frame = await compared();
      await frame.locator("#left-name", { hasText: /at HEAD$/ }).waitFor();
      await frame.locator("#summary", { hasText: "2 overlaps gone" }).waitFor();
      commit(folder);
      await frame.locator("#summary", { hasText: "Nothing has changed in its meaning." }).waitFor();
    },
  ],
  [
    "Compare with HEAD says why it cannot, where there is no repository",
    async ({ page, folder }) => {
      rmSync(path.join(folder, ".git"), { recursive: true });
      assert.ok(!existsSync(path.join(folder, ".git")));
      await openTab(page, "board.platform.jsonc", "HEAD");
      await runCommand(page, "Platmap: Compare with HEAD");
      await notification(page, "not a git repository");
    },
  ],
];

async function chooseRevision(page, revision) {
  await runCommand(page, "Platmap: Compare with…");
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "Git Revision" }).click();
  const input = page.locator(".quick-input-widget input").first();
  await page.locator(".quick-input-widget", { hasText: "A branch, a tag or a commit" }).waitFor();
  await input.fill(revision);
  await page.keyboard.press("Enter");
}

/** VS Code shows no toasts while it is driven by a test; the bell has the messages all the same. */
async function notification(page, text) {
  const message = page.locator(".notifications-center .notification-list-item", { hasText: text });
  for (let tries = 0; !(await message.isVisible()); tries += 1) {
    assert.ok(tries < 40, `there is a notification: ${text}`);
    await runCommand(page, "Notifications: Show Notifications");
    await page.waitForTimeout(250);
  }
  await runCommand(page, "Notifications: Clear All Notifications");
}

/** Brings the tab of a file forward, and not that of its past. */
async function openTab(page, name, except) {
  await page.locator(".tab", { hasText: name }).filter({ hasNotText: except }).filter({ hasNotText: "Compare" }).first().click();
  await page.keyboard.press("Control+1");
}

await runIfStarted(import.meta.url, testComparison);
