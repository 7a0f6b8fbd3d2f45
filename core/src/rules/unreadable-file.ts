// A path leads to no file that can be read.
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const unreadableFile = defineTextRule<Problem<"unreadable-file">>({
  id: "unreadable-file",
  catalogue: "SYN001",
  severity: "error",
  since: "0.1.0",
  summary: "A path leads to no file that can be read.",
  why: `What that file says is missing from the plan: a guest is placed as if the host were not there, and nothing else tells.

A path starts at the folder of the file that it stands in. It may not be absolute, may not leave the folder that is open (or the git
repository), and may not lead over a symbolic link, so that a file from elsewhere cannot make anybody read what is not its own.`,
  sources: ["language.md, Guest and fleet", "quality.md, Reliability and security"],
  bad: [
    {
      text: `{
  "guest": "web",
  "hosts": ["hosts/d05.platform.jsonc", "hosts/d06.platform.jsonc"],
  //                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^ error: hosts/d06.platform.jsonc is not there
}
// --- hosts/d05.platform.jsonc ---
{ "platform": "d05" }`,
    },
    {
      text: `{
  "guest": "web",
  "hosts": ["d05.platform.jsonc", "other.guest.jsonc", "/etc/d06.platform.jsonc", "readme.md"],
  //        ^^^^^^^^^^^^^^^^^^^^ error: d05.platform.jsonc has syntax errors, so it is left out
  //                              ^^^^^^^^^^^^^^^^^^^ error: other.guest.jsonc is a guest file; a platform file is needed
  //                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^ error: /etc/d06.platform.jsonc is not a path from this file's folder
  //                                                                              ^^^^^^^^^^^ error: readme.md is not called *.platform.jsonc, *.guest.jsonc or *.fleet.jsonc
}
// --- d05.platform.jsonc ---
{ "platform": "d05"
// --- other.guest.jsonc ---
{ "guest": "other" }`,
    },
    {
      text: `{
  "fleet": "rack-7",
  "platforms": ["hosts/*.platform.jsonc"],
  //            ^^^^^^^^^^^^^^^^^^^^^^^^ error: hosts/*.platform.jsonc matches no file
}`,
    },
  ],
  good: [
    `{
  "guest": "web",
  "hosts": ["../hosts/d05.platform.jsonc"],
  "passthrough": [{ "host": "d05", "device": "05:00.0" }],
}
// --- ../hosts/d05.platform.jsonc ---
{ "platform": "d05" }`,
    `{
  "fleet": "rack-7",
  "platforms": ["hosts/*.platform.jsonc"],
  "migrationGroups": [{ "name": "arm", "platforms": ["d05", "d06"], "guests": ["web.guest.jsonc"] }],
}
// --- hosts/d05.platform.jsonc ---
{ "platform": "d05" }
// --- hosts/d06.platform.jsonc ---
{ "platform": "d06" }
// --- web.guest.jsonc ---
{ "guest": "web", "fleet": "example.fleet.jsonc" }`,
  ],
  *check(plan) {
    for (const problem of plan.problemsOf("unreadable-file")) yield { at: problem.at, data: problem };
  },
  message: ({ path, because }) => `${path} ${because}`,
});
