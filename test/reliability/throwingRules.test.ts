// A rule that throws costs what it would have found, and nothing else: each of all rules, on files of all kinds. Knows nothing of what rules find.
import assert from "node:assert/strict";
import type { Rule } from "../../core/src/index";
import { defineRule, rules } from "../../core/src/index";
import { diagnosticsOf } from "../../server/src/lsp/diagnostics";
import type { CheckedFile } from "../../server/src/workspace/check";
import { checkText } from "../../server/src/workspace/check";
import { everything, examples } from "../jsonc/texts";
import { memoryFiles } from "../workspace/memoryFiles";

const surroundings = memoryFiles(examples);
const waived = `{ "platform": "b",\n// platmap allow missing-acs: nothing is here\n"arch": "arm64" }`;

/** Files of each kind, with much to find. */
const FILES: Readonly<Record<Rule["subject"], readonly (readonly [file: string, text: string])[]>> = {
  text: [["board.platform.jsonc", everything], ["b.guest.jsonc", `{ "guest": 1, "guest": "g", "nothing": [1e400] }`], ["platmap.config.jsonc", `{ "rules": { "nothing": "off" }, "x": 1 }`], ["waived.platform.jsonc", waived]],
  platform: [["board.platform.jsonc", everything], ["first-steps.platform.jsonc", examples.get("first-steps.platform.jsonc") ?? ""]],
  guest: [...examples].filter(([file]) => file.endsWith(".guest.jsonc")).slice(0, 3),
  fleet: [...examples].filter(([file]) => file.endsWith(".fleet.jsonc")),
};

/** How a rule may fail: before it has looked, or when it has found everything. */
const WAYS: Readonly<Record<string, (rule: Rule) => Rule>> = {
  "at once": (rule) => ({ ...rule, run: () => fail() }),
  "when it is done": (rule) => ({ ...rule, run: (plan) => [rule.run(plan)].map(fail)[0] as never }),
};

describe("a rule that throws", () => {
  for (const rule of rules) {
    it(`is one finding, and the other rules find what they found: ${rule.id}`, () => {
      for (const [file, text] of FILES[rule.subject]) {
        const whole = check(file, text, rules);
        for (const [way, failing] of Object.entries(WAYS)) {
          const checked = check(file, text, rules.map((one) => (one === rule ? failing(rule) : one)));
          assert.deepEqual(checked.crashed.map((one) => one.rule), [rule.id], way);
          assert.deepEqual(said(checked), said(whole).filter((one) => !one.startsWith(`${rule.id} `)), `${way}: ${file}`);
          assert.deepEqual(codes(checked).filter((one) => one === "internal-error"), ["internal-error"]);
        }
      }
    });
  }

  it("on waivers alone is one finding, too", () => {
    const failing = rules.map((rule): Rule => (rule.id === "unused-waiver" ? { ...rule, run: (plan) => (plan.problemsOf("unused-waiver").length > 0 ? fail() : rule.run(plan)) } : rule));
    const checked = check("waived.platform.jsonc", waived, failing);
    assert.deepEqual(checked.crashed.map((one) => one.rule), ["unused-waiver"]);
    assert.deepEqual(said(checked), said(check("waived.platform.jsonc", waived, rules)).filter((one) => !one.startsWith("unused-waiver ")));
  });

  it("while it works out a fix leaves the finding without it", () => {
    const failing = defineRule({
      id: "failing-fix", severity: "warning", since: "0.1.0", summary: "", why: "", bad: [{ text: "" }], good: [""],
      *check(plan) {
        yield { at: plan.platform.anchor, data: undefined };
      },
      message: () => "found",
      fix: () => fail(),
    });
    const [finding] = check("board.platform.jsonc", everything, [failing]).findings;
    assert.equal(finding?.message, "found");
    assert.deepEqual(finding.fixes, []);
  });

  it("may be all of them", () => {
    const checked = check("board.platform.jsonc", everything, rules.map((rule) => ({ ...rule, run: () => fail() })));
    assert.deepEqual(checked.findings, []);
    assert.deepEqual(codes(checked), rules.map(() => "internal-error"));
  });
});

function fail(): never {
  throw new Error("injected");
}

/** Also the rules that are off by default look. */
const severities = new Map(rules.filter(({ isOffByDefault }) => isOffByDefault).map(({ id, severity }) => [id, severity]));

function check(file: string, text: string, using: readonly Rule[]): CheckedFile {
  return checkText(file, text, { surroundings, severities, rules: using });
}

function said({ source, findings }: CheckedFile): string[] {
  return findings.map(({ rule, at, message }) => `${rule} ${JSON.stringify(source.span(at))} ${message}`);
}

function codes(checked: CheckedFile): unknown[] {
  return diagnosticsOf({ checked }, { relatedInformation: false, pageOf: () => undefined, checking: {} }).map(({ code }) => code);
}
