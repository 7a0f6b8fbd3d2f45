// Runs a rule's examples: every caret line must be matched by a finding, every finding by a caret line, and every fix must hold what it promises.
// Knows no single rule.
import assert from "node:assert/strict";
import type { Finding, Rule } from "../../core/src/index";
import type { CheckedFile, CheckOptions } from "../../server/src/workspace/check";
import { checkText, sourceOf, triedFixes } from "../../server/src/workspace/check";
import { kindOfText, memoryFiles } from "../workspace/memoryFiles";

interface Expectation {
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly severity: string;
  readonly rule: string;
  readonly message: string;
}

/** `//   ^^^^ error: message`, `//   ^^^^ warning(other-rule): message`; `//   ~~~~ message` under a related place. */
const CARETS = /^(\s*\/\/\s*)(\^+|~+) (?:(error|warning|info|hint)(?:\(([a-z0-9-]+)\))?: )?(.*)$/;

/** Mocha's tests of one rule. */
export function testRule(rule: Rule): void {
  describe(rule.id, () => {
    rule.bad.forEach((example, index) => {
      it(`flags bad example ${index + 1}`, () => testBad(rule, example.text, example.fixed));
    });
    rule.good.forEach((text, index) => {
      it(`accepts good example ${index + 1}`, () => {
        assert.deepEqual(actualFindings(checkExample(text, rule), rule), []);
      });
    });
    if (rule.hasFix) it("shows what its fix does", () => assert.ok(rule.bad.some((example) => example.fixed !== undefined), "no bad example shows `fixed`"));
  });
}

function testBad(rule: Rule, text: string, fixed: string | undefined): void {
  const checked = checkExample(withoutCarets(text), rule);
  const expected = expectations(text, rule);
  assert.deepEqual(actualFindings(checked, rule), printed(expected.findings), "findings");
  assert.ok(expected.findings.some((one) => one.rule === rule.id), `no caret line for ${rule.id}`);
  assertRelated(checked, expected.related);
  const example = exampleFor(rule, withoutCarets(text));
  for (const finding of checked.findings.filter((one) => one.rule === rule.id)) testFixes(checked, finding, example);
  if (fixed !== undefined) assert.equal(firstFix(checked, rule, example), fixed, "the text after the first fix of the first finding");
}

/** An offered fix removes its finding and adds none: that is how it came to be offered. It also keeps every comment but a waiver that is to go, and twice is once. */
function testFixes(checked: CheckedFile, finding: Finding, { options }: Example): void {
  for (const fix of triedFixes(checked, finding, options)) {
    const again = checkText(checked.source.file, fix.text, options);
    assert.equal(again.source.tree.faults.length, checked.source.tree.faults.length, `${fix.title}: syntax`);
    assert.ok(again.findings.length < checked.findings.length, `${fix.title}: the finding is gone`);
    if (finding.rule !== "unused-waiver") assert.equal(again.source.tree.comments.length, checked.source.tree.comments.length, `${fix.title}: comments`);
  }
}

function firstFix(checked: CheckedFile, rule: Rule, { options }: Example): string | undefined {
  const finding = checked.findings.find((one) => one.rule === rule.id);
  return finding && triedFixes(checked, finding, options)[0]?.text;
}

/** An example's first file, and how it is checked among its others. */
interface Example {
  readonly file: string;
  readonly text: string;
  readonly options: CheckOptions;
}

/** An example's files by their paths, its first one first. A line `// --- d05.platform.jsonc ---` begins a further one. */
export function filesOf(text: string): ReadonlyMap<string, string> {
  const [first = "", ...parts] = text.split(/^\/\/ --- (\S+) ---\n/m);
  const files = new Map([[`example.${kindOfText(first)}.jsonc`, parts.length > 0 ? first.replace(/\n$/, "") : first]]);
  for (let i = 0; i + 1 < parts.length; i += 2) files.set(parts[i] as string, parts[i + 1] as string);
  return files;
}

export function splitExample(text: string): Example {
  const files = filesOf(text);
  const [[file, main] = ["", ""]] = files;
  return { file, text: main, options: { surroundings: memoryFiles(files) } };
}

/** Rules that are off by default look at their own examples only. */
function exampleFor({ id, severity, isOffByDefault }: Rule, text: string): Example {
  const example = splitExample(text);
  return isOffByDefault ? { ...example, options: { ...example.options, severities: new Map([[id, severity]]) } } : example;
}

function checkExample(text: string, rule: Rule): CheckedFile {
  const { file, text: main, options } = exampleFor(rule, text);
  return checkText(file, main, options);
}

/** The example without its caret lines, so that comments do not stand in the way of fixes. */
export function withoutCarets(text: string): string {
  return text.split("\n").filter((line) => !CARETS.test(line)).join("\n");
}

function expectations(text: string, rule: Rule): { findings: Expectation[]; related: Expectation[] } {
  const findings: Expectation[] = [];
  const related: Expectation[] = [];
  let line = -1;
  let { file } = splitExample(text);
  for (const content of text.split("\n")) {
    const further = /^\/\/ --- (\S+) ---$/.exec(content);
    if (further) {
      file = further[1] as string;
      line = -1;
      continue;
    }
    const carets = CARETS.exec(content);
    if (!carets) {
      line++;
      continue;
    }
    const [, margin = "", marks = "", severity, id, message = ""] = carets;
    const one = { file, line, start: margin.length, end: margin.length + marks.length, severity: severity ?? rule.severity, rule: id ?? rule.id, message };
    (marks.startsWith("~") ? related : findings).push(one);
  }
  return { findings, related };
}

function actualFindings(checked: CheckedFile, rule: Rule): string[] {
  const { source } = checked;
  assert.deepEqual(checked.crashed, [], `a rule crashed while testing ${rule.id}`);
  return printed(checked.findings.map((finding) => ({ ...where(checked, finding.at), severity: finding.severity, rule: finding.rule, message: finding.message })), source.lineCount);
}

function where(checked: CheckedFile, at: Finding["at"]): { file: string; line: number; start: number; end: number } {
  const source = sourceOf(checked, at);
  const span = source.span(at);
  const start = source.position(span.start);
  const end = source.position(span.end);
  const lineEnd = source.line(start.line).length;
  return { file: source.file, line: start.line, start: start.character, end: end.line === start.line ? end.character : lineEnd };
}

function printed(expectations: readonly Expectation[], lines = Infinity): string[] {
  return expectations
    .filter((one) => one.line < lines)
    .map((one) => `line ${one.line + 1}, columns ${one.start + 1}-${one.end}: ${one.severity}(${one.rule}): ${one.message}`)
    .sort();
}

function assertRelated(checked: CheckedFile, expected: readonly Expectation[]): void {
  const actual = checked.findings.flatMap((finding) => finding.related).map((related) => ({ ...where(checked, related.at), message: related.message }));
  for (const one of expected) {
    const found = actual.some((related) => related.file === one.file && related.line === one.line && related.start === one.start && related.end === one.end && related.message === one.message);
    assert.ok(found, `no related place in ${one.file} at line ${one.line + 1}, columns ${one.start + 1}-${one.end}: ${one.message}\nactual: ${JSON.stringify(actual)}`);
  }
}
