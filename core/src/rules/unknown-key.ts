// A key that the language does not have.
import { parentOf } from "../anchor";
import type { Problem } from "../problem";
import { defineTextRule } from "../rule";

export const unknownKey = defineTextRule<Problem<"unknown-key">>({
  id: "unknown-key",
  catalogue: "SYN001",
  severity: "error",
  since: "0.1.0",
  summary: "A key is not one of the language.",
  why: `What stands under an unknown key is not read: the map would be checked without it, and nobody would notice. A misspelt key is
nearly always a fact that is missing.`,
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "bsae": "0x8000_0000", "base": "0x8000_0000", "size": "1G" }],
  //                           ^^^^^^ error: memory has no key "bsae"; did you mean "base"?
}`,
    },
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G", "nodes": 0 }],
  //                                                                ^^^^^^^ error: memory has no key "nodes"; did you mean "node"?
}`,
      fixed: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G", "node": 0 }],
}`,
    },
  ],
  good: [`{ "platform": "board", "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "1G", "node": 0 }] }`],
  *check(plan) {
    for (const problem of plan.problemsOf("unknown-key")) yield { at: problem.at, data: problem };
  },
  message: ({ key, record, nearest }) => `${record} has no key "${key}"${nearest === undefined ? "" : `; did you mean "${nearest}"?`}`,
  fix({ data: { at, nearest } }) {
    if (nearest === undefined || "start" in at || at.path.length === 0) return [];
    return [{ title: `Rename to "${nearest}"`, edits: [{ op: "rename", at: { ...parentOf(at), path: at.path }, key: nearest }] }];
  },
});
