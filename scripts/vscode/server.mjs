// Starts the server flavour of VS Code on a free port of this machine, with a profile of its own. Knows no browser.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureVsCodeServer } from "./setup.mjs";

const startLimit = 60_000;

// A quiet window that saves nothing by itself and asks nobody for anything.
const quietSettings = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "git.enabled": false,
  "telemetry.telemetryLevel": "off",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
};

/**
 * Starts the server.
 * @param settings user settings, over the quiet ones
 * @param trust whether every folder is trusted without a question; without it VS Code starts in Restricted Mode
 * @param onOutput called with each piece of the server's own log
 * @returns its host (name:port), its url, its profile folder, and stop(), which ends it and removes that folder
 */
export async function startVsCodeServer({ settings = {}, trust = true, onOutput = () => {} } = {}) {
  const { vscode, node } = await ensureVsCodeServer();
  const profile = makeProfile({ ...quietSettings, ...settings });
  const child = spawn(node, [path.join(vscode, "out/server-main.js"), ...serverArguments(profile, trust)], {
    env: { ...process.env, TMPDIR: path.join(profile, "tmp") },
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own, so that stop() reaches the extension hosts too.
    detached: true,
  });
  const stop = () => stopServer(child, profile);
  endWithThisProcess(() => {
    killGroup(child, "SIGKILL");
    rmSync(profile, { recursive: true, force: true });
  });
  try {
    const host = `127.0.0.1:${await portOf(child, onOutput)}`;
    return { host, url: `http://${host}/`, profile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address of a page that shows a folder of this machine, or one of another file system by its URI; `payload` is VS Code's own list of start options for a web window. */
export function pageUrl(server, { folder, folderUri, payload = [] }) {
  const shown = folderUri ?? (folder && path.resolve(folder));
  const query = new URLSearchParams(shown === undefined ? { ew: "true" } : { folder: shown });
  query.set("payload", JSON.stringify(payload));
  return `${server.url}?${query}`;
}

/** How a window of this server names a file of this machine. */
export function remoteUri(server, file) {
  return `vscode-remote://${server.host}${path.resolve(file)}`;
}

/**
 * The start options of a window that loads an extension from its folder. The window is told another path to it: VS Code
 * takes all that lies below the folder for the extension's own, and its own themes lie in .vscode-real.
 */
export function extensionPayload(server, folder) {
  const link = path.join(server.profile, "extension");
  symlinkSync(path.resolve(folder), link);
  return ["extensionDevelopmentPath", remoteUri(server, link)];
}

function makeProfile(settings) {
  const profile = mkdtempSync(path.join(tmpdir(), "platmap-profile-"));
  mkdirSync(path.join(profile, "data/User"), { recursive: true });
  mkdirSync(path.join(profile, "tmp"));
  writeFileSync(path.join(profile, "data/User/settings.json"), JSON.stringify(settings));
  return profile;
}

function serverArguments(profile, trust) {
  return [
    ...["--host", "127.0.0.1", "--port", "0", "--without-connection-token"],
    ...["--accept-server-license-terms", "--telemetry-level", "off"],
    // Without it the server ignores the extension and the tests that the page's payload names.
    "--enable-smoke-test-driver",
    ...(trust ? ["--disable-workspace-trust"] : []),
    ...["--server-data-dir", profile],
  ];
}

function portOf(child, onOutput) {
  return new Promise((resolve, reject) => {
    let log = "";
    const read = (bytes) => {
      log += bytes;
      onOutput(String(bytes));
      const port = /Extension host agent listening on (\d+)/.exec(log)?.[1];
      if (port !== undefined) {
        clearTimeout(timer);
        resolve(Number(port));
      }
    };
    const timer = setTimeout(
      () => reject(new Error(`VS Code's server did not start in ${startLimit / 1000} s:\n${log}`)),
      startLimit,
    );
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`VS Code's server ended with exit code ${code}:\n${log}`)));
  });
}

async function stopServer(child, profile) {
  const ended =
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise((resolve) => child.once("exit", resolve));
  killGroup(child, "SIGTERM");
  const timer = setTimeout(() => killGroup(child, "SIGKILL"), 5_000);
  await ended;
  clearTimeout(timer);
  killGroup(child, "SIGKILL");
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

// A signal would end this process without its exit handlers, and the server would live on.
function endWithThisProcess(cleanUp) {
  process.once("exit", cleanUp);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, () => process.exit(1));
  }
}

function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}
