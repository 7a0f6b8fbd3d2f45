// Starts the browser that shows the server flavour of VS Code. Knows nothing of VS Code.
import { chromium } from "playwright-core";
import { ensureProgram } from "../prepare.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** A browser without a window: the program that CHROMIUM names, else one on PATH, else Debian's. */
export async function launchBrowser() {
  const executablePath = process.env.CHROMIUM ?? (await ensureProgram(names, "chromium"));
  // Chromium's sandbox refuses to run as root, and only pages of this machine are shown.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
