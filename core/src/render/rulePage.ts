// A rule as a page of Markdown: what, why, what is flagged, what is not, and where the fact comes from. Knows no single rule.
import type { Rule } from "../rule";

/** The page of one rule. Examples stand as they run in the tests, carets included. */
export function rulePage(rule: Rule): string {
  const catalogue = rule.catalogue === undefined ? "" : ` · ${rule.catalogue}`;
  const parts = [
    `# ${rule.id}`,
    `**${rule.summary}**`,
    `\`${rule.severity}\`${catalogue} · since ${rule.since}${rule.hasFix ? " · has a quick fix" : ""}${rule.isOffByDefault ? " · off by default" : ""}`,
    `## Why\n\n${rule.why.trim()}`,
    `## Flagged\n\n${rule.bad.map((example) => flagged(example.text, example.fixed)).join("\n\n")}`,
    `## Not flagged\n\n${rule.good.map(block).join("\n\n")}`,
    ...(rule.sources ? [`## Sources\n\n${rule.sources.map((source) => `- ${source}`).join("\n")}`] : []),
  ];
  return parts.join("\n\n") + "\n";
}

/** Rows of the catalogue that are no rules, and why: somebody else says it, or the language cannot. */
const WITHOUT_RULE: readonly (readonly [catalogue: string, because: string])[] = [
  ["MAP013, MAP033, MAP034, RSV009, SYN005", "are about what is imported: `platmap import` says them, with the line or the node."],
  ["MAP022", "is about how a kernel was booted, which a description does not say."],
  ["MSI019", "is about interrupt numbers, which the language does not have."],
  ["ACS004", "takes knowing which guest gets which function. What a group leaves with the host is [group-shared-with-host](group-shared-with-host.md)."],
  ["IOM008", "is said by [memory-beyond-host-aperture](memory-beyond-host-aperture.md), which knows the width of the host's processors, too."],
];

/** The index of all rules. */
export function ruleIndex(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => `| [${rule.id}](${rule.id}.md) | ${rule.catalogue ?? ""} | ${rule.severity}${rule.isOffByDefault ? ", off by default" : ""} | ${rule.hasFix ? "yes" : ""} | ${rule.summary} |`);
  return ["# Rules", "", "| rule | catalogue | severity | quick fix | what it finds |", "| --- | --- | --- | --- | --- |", ...rows, "", "Numbers of the catalogue that no rule has:", "", ...WITHOUT_RULE.map((row) => `- ${row.join(" ")}`), ""].join("\n");
}

function flagged(text: string, fixed: string | undefined): string {
  return fixed === undefined ? block(text) : `${block(text)}\n\nThe quick fix makes of it:\n\n${block(fixed)}`;
}

function block(text: string): string {
  return "```jsonc\n" + text + "\n```";
}
