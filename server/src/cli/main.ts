#!/usr/bin/env node
// Starts the command line on a real machine. Knows nothing of commands.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { nodeHost } from "../nodeHost";
import { wantsColor } from "./terminal";
import { run } from "./run";

const output = {
  out: (text: string): void => void process.stdout.write(text),
  err: (text: string): void => void process.stderr.write(text),
  color: wantsColor(process.stdout, process.env),
  width: process.stdout.isTTY ? process.stdout.columns : undefined,
};

/** The server is a bundle of its own: the command line starts fast without it. */
function startLanguageServer(): void {
  require(path.join(__dirname, "server.js"));
}

/** The bundle lies in dist/, the manifest above it. Without a public address, the page is the README beside it. */
function about(): { version: string; homepage: string } {
  const folder = path.join(__dirname, "..");
  const { version, homepage } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { version: string; homepage?: string };
  return { version, homepage: homepage ?? pathToFileURL(path.join(folder, "README.md")).href };
}

// A closed pipe (`platmap check | head`) is the reader's choice, not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

void run(process.argv.slice(2), { host: nodeHost, output, ...about(), startLanguageServer }).then((code) => {
  process.exitCode = code;
});
