// Takes a picture of a file in the real VS Code, with the extension of this checkout as npm run build left it.
//   npm run screenshot -- FILE --out PICTURE.png [--theme dark|light|hc-dark|hc-light] [--size 1280x800]
//                         [--no-problems] [--line N] [--hover TEXT] [--fix TEXT] [--suggest TEXT] [--wait SECONDS]
//                         [--clip X,Y,WIDTH,HEIGHT] [--setting NAME=JSON ...] [--command TITLE]
// --hover points at the first TEXT of the file, --fix opens the quick fixes there, --suggest the completions after it.
// --command runs a command of the palette. --wait is for what an editor shows late, such as code lenses.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { launchBrowser } from "./vscode/browser.mjs";
import { root } from "./run.mjs";
import { extensionPayload, pageUrl, remoteUri, startVsCodeServer } from "./vscode/server.mjs";

const themes = {
  dark: "Default Dark Modern",
  light: "Default Light Modern",
  "hc-dark": "Default High Contrast",
  "hc-light": "Default High Contrast Light",
};
const usage =
  "usage: npm run screenshot -- FILE --out PICTURE.png [--theme dark|light|hc-dark|hc-light] [--hover TEXT] ...";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    out: { type: "string" },
    theme: { type: "string", default: "dark" },
    size: { type: "string", default: "1280x800" },
    problems: { type: "boolean", default: true },
    line: { type: "string" },
    hover: { type: "string" },
    fix: { type: "string" },
    suggest: { type: "string" },
    wait: { type: "string", default: "0" },
    clip: { type: "string" },
    command: { type: "string" },
    setting: { type: "string", multiple: true, default: [] },
  },
});
const file = path.resolve(positionals[0] ?? fail(usage));
const out = path.resolve(values.out ?? fail(usage));
const [width, height] = values.size.split("x").map(Number);
const target = values.hover ?? values.fix ?? values.suggest;
const text = readFileSync(file, "utf8");

const server = await startVsCodeServer({
  settings: {
    "workbench.colorTheme": themes[values.theme] ?? fail(`There is no theme ${values.theme}.`),
    ...Object.fromEntries(values.setting.map((one) => [one.split("=")[0], JSON.parse(one.slice(one.indexOf("=") + 1))])),
  },
});
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width, height } });
  await openFile(page);
  if (values.problems) {
    await page.keyboard.press("Control+Shift+M");
    await page.locator(".markers-panel").first().waitFor();
    // By its command: a click may land on the lines that stick to the top.
    await page.keyboard.press("Control+1");
  }
  if (values.command !== undefined) {
    await page.keyboard.press("F1");
    await page.keyboard.type(values.command);
    await page.locator(".quick-input-list .monaco-list-row").first().waitFor();
    await page.keyboard.press("Enter");
  }
  await page.waitForTimeout(Number(values.wait) * 1000);
  if (target !== undefined) {
    await showAtTarget(page);
  }
  const [x, y, clipWidth, clipHeight] = values.clip?.split(",").map(Number) ?? [0, 0, width, height];
  const isJpeg = /\.jpe?g$/.test(out);
  await page.screenshot({ path: out, clip: { x, y, width: clipWidth, height: clipHeight }, ...(isJpeg && { quality: 80 }) });
  console.log(`${out} shows ${await page.locator("[class*='squiggly-']").count()} underlined pieces of text.`);
} finally {
  await browser.close();
  await server.stop();
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

async function openFile(page) {
  const line = values.line ?? (target === undefined ? 1 : lineOf(target));
  const payload = [
    extensionPayload(server, root),
    ["openFile", `${remoteUri(server, file)}:${line}:1`],
    ["gotoLineMode", "true"],
    ["skipWelcome", "true"],
  ];
  await page.goto(pageUrl(server, { folder: path.dirname(file), payload }));
  await page.locator(".monaco-editor .view-line").first().waitFor({ timeout: 60_000 });
  // The first answer of the server underlines something, or there is nothing to underline.
  await page
    .locator("[class*='squiggly-']")
    .first()
    .waitFor({ timeout: 10_000 })
    .catch(() => undefined);
}

function lineOf(wanted) {
  const offset = text.indexOf(wanted);
  return offset === -1 ? fail(`${file} does not contain ${wanted}`) : text.slice(0, offset).split("\n").length;
}

async function showAtTarget(page) {
  const box = await page.evaluate(boxOfText, target);
  if (box === null) {
    throw new Error(`${target} is not on the screen.`);
  }
  const [x, y] = [box.x + Math.min(box.width / 2, 20), box.y + box.height / 2];
  if (values.hover !== undefined) {
    await page.mouse.move(x, y);
    await page.locator(".monaco-hover:visible").first().waitFor({ timeout: 15_000 });
    return;
  }
  await page.mouse.click(values.suggest === undefined ? x : box.x + box.width, y);
  // Away from the text, since a hover that comes late would close the menu.
  await page.mouse.move(width - 5, 5);
  if (values.fix !== undefined) {
    await pressUntilShown(page, "Control+.", ".action-widget");
  } else {
    await pressUntilShown(page, "Control+Space", ".suggest-widget.visible .monaco-list-row");
  }
}

async function pressUntilShown(page, key, widget) {
  for (let tries = 1; ; tries += 1) {
    await page.keyboard.press(key);
    try {
      await page.locator(widget).first().waitFor({ timeout: 4_000 });
      return;
    } catch (error) {
      if (tries === 5) {
        throw error;
      }
      await page.keyboard.press("Escape");
    }
  }
}

// Runs in the page: where the first occurrence of a text is drawn. The editor draws blanks as no-break spaces, and
// gives each token an element of its own.
function boxOfText(wanted) {
  for (const line of document.querySelectorAll(".monaco-editor .view-line")) {
    const start = line.textContent.replaceAll("\u00a0", " ").indexOf(wanted);
    if (start !== -1) {
      const range = document.createRange();
      const place = (offset) => {
        const nodes = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        let rest = offset;
        for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
          if (rest <= node.length) {
            return [node, rest];
          }
          rest -= node.length;
        }
        return [line, 0];
      };
      range.setStart(...place(start));
      range.setEnd(...place(start + wanted.length));
      const { x, y, width: boxWidth, height: boxHeight } = range.getBoundingClientRect();
      return { x, y, width: boxWidth, height: boxHeight };
    }
  }
  return null;
}
