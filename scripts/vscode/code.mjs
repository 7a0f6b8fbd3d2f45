#!/usr/bin/env node
// Poses as the program `code` for @vscode/test-electron: takes the desktop program's options, runs the extension's
// tests in the server flavour of VS Code, and exits as they say. The options it does not know mean nothing to that
// flavour.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { format, parseArgs } from "node:util";
import { launchBrowser } from "./browser.mjs";
import { extensionPayload, pageUrl, remoteUri, startVsCodeServer } from "./server.mjs";

const limit = 240_000;

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: "string" },
    extensionTestsPath: { type: "string" },
    "user-data-dir": { type: "string" },
    "disable-workspace-trust": { type: "boolean" },
  },
});

const server = await startVsCodeServer({
  settings: settingsOf(values["user-data-dir"]),
  trust: values["disable-workspace-trust"] === true,
});
const browser = await launchBrowser();
try {
  process.exitCode = await runTests(await browser.newPage());
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
  await server.stop();
}

function settingsOf(userData) {
  const file = path.join(userData ?? "", "User/settings.json");
  return userData !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

// The page calls these two functions: one for its log, one with the exit code when the tests have run.
async function runTests(page) {
  const ended = new Promise((resolve, reject) => {
    void page.exposeFunction("codeAutomationExit", resolve);
    page.once("close", () => reject(new Error("The page with VS Code was closed.")));
    page.once("crash", () => reject(new Error("The page with VS Code crashed.")));
    setTimeout(() => reject(new Error(`The tests did not end in ${limit / 1000} s.`)), limit).unref();
  });
  await page.exposeFunction("codeAutomationLog", (_type, values) => {
    if (process.env.PLATMAP_VSCODE_LOG !== undefined) {
      console.error(format(...values));
    }
  });
  const payload = [
    extensionPayload(server, values.extensionDevelopmentPath),
    ["extensionTestsPath", remoteUri(server, values.extensionTestsPath)],
    ["skipWelcome", "true"],
  ];
  await page.goto(pageUrl(server, { folder: positionals[0], payload }));
  return ended;
}
