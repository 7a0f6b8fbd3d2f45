// `platmap check` for other programs: SARIF, GitHub's annotations, JUnit. Each is read by a program that no one here wrote, and holds what the text holds.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { parseStringPromise } from "xml2js";
import { rules } from "../../core/src/index";
import { printGithubReport } from "../../server/src/cli/report/github";
import type { Report, ReportedFinding } from "../../server/src/cli/report/report";
import { printSarifReport, SARIF_LIMITS } from "../../server/src/cli/report/sarif";
import { checkText, triedFixes } from "../../server/src/workspace/check";
import { filesOf, withoutCarets } from "../rules/ruleTester";
import { everything, examples } from "../jsonc/texts";
import { folderWith, platmap } from "./commandLine";
import { complaintsAbout } from "./sarifValidator";

const OVERLAP = `{
  "platform": "board", "physicalAddressBits": 40,
  "devices": [
    { "name": "uart0", "base": "0x1000_0000", "size": "8K" },
/* \u{1f600} */ { "name": "uart1", "base": "0x1000_1000", "size": "8K" },
  ],
  "memroy": [], "a\\u0007b<&\\"\u202e": 1,
}
`;

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}
interface Location {
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }; readonly region: Region };
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly Location[];
  readonly relatedLocations?: readonly (Location & { readonly message: { readonly text: string } })[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly fixes?: readonly { readonly description: { readonly text: string }; readonly artifactChanges: readonly { readonly replacements: readonly { readonly deletedRegion: Region; readonly insertedContent: { readonly text: string } }[] }[] }[];
}
interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly help: { readonly markdown: string } }[] } };
  readonly invocations: readonly { readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[] }[];
  readonly results: readonly Result[];
}

async function sarifOf(folder: string, args: readonly string[] = []): Promise<Run> {
  const { out } = await platmap(folder, ["check", "--format", "sarif", ...args]);
  fs.writeFileSync(path.join(folder, "log.sarif"), out);
  const [run] = (JSON.parse(out) as { runs: Run[] }).runs;
  assert.ok(run);
  return run;
}

describe("platmap check --format sarif", () => {
  it("satisfies Microsoft's validator without a warning: strange names, strange text, standard input, other folders", async () => {
    const folder = folderWith({
      "a b%20#\u00fc.platform.jsonc": OVERLAP, "broken.platform.jsonc": `{ "platform": "x" `, "clean/ok.platform.jsonc": `{ "platform": "x", "physicalAddressBits": "unknown" }`,
      "everything.platform.jsonc": everything, "web.guest.jsonc": `{ "guest": "web" }`, "work/x.platform.jsonc": OVERLAP,
    });
    await sarifOf(folder);
    assert.deepEqual(complaintsAbout(path.join(folder, "log.sarif")), []);
    fs.renameSync(path.join(folder, "log.sarif"), path.join(folder, "first.sarif"));
    await sarifOf(path.join(folder, "work"), ["../broken.platform.jsonc", path.join(folder, "everything.platform.jsonc"), "-"]);
    assert.deepEqual(complaintsAbout(path.join(folder, "work/log.sarif")), []);
  });

  it("satisfies it with a finding of every rule, and with none", async () => {
    const bad = rules.flatMap((rule) => rule.bad.flatMap((example, index) => [...filesOf(withoutCarets(example.text))].map(([name, text]) => [`${rule.id}-${index}/here/${name}`, text] as const)));
    const folder = folderWith(Object.fromEntries(bad));
    const off = rules.filter(({ isOffByDefault }) => isOffByDefault);
    const run = await sarifOf(folder, off.flatMap(({ id, severity }) => ["--rule", `${id}=${severity}`]));
    assert.deepEqual(complaintsAbout(path.join(folder, "log.sarif")), []);
    assert.deepEqual(rules.filter((rule) => !run.results.some((one) => one.ruleId === rule.id)).map((rule) => rule.id), []);
    const clean = folderWith({ "a.platform.jsonc": `{ "platform": "x" }` });
    assert.deepEqual((await sarifOf(clean)).results, []);
    assert.deepEqual(complaintsAbout(path.join(clean, "log.sarif")), []);
  });

  it("would be complained about", () => {
    const folder = folderWith({ "bad.sarif": `{ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "x" } }, "results": [{ "message": {} }] }] }` });
    assert.notDeepEqual(complaintsAbout(path.join(folder, "bad.sarif")), []);
  });

  it("has the rule with its page, the place in UTF-16 columns, the other places, and fixes that make the text which the fix makes", async () => {
    const folder = folderWith({ "a b.platform.jsonc": OVERLAP });
    const run = await sarifOf(folder);
    const [result] = run.results;
    assert.ok(result);
    const rule = run.tool.driver.rules[result.ruleIndex];
    assert.deepEqual([result.ruleId, rule?.id, result.level], ["overlapping-regions", "overlapping-regions", "error"]);
    assert.match(rule?.help.markdown ?? "", /^# overlapping-regions\n/);
    assert.deepEqual(result.locations[0]?.physicalLocation, {
      artifactLocation: { uri: "a%20b.platform.jsonc", uriBaseId: "SRCROOT" },
      region: { startLine: 5, startColumn: 37, endLine: 5, endColumn: 50 },
    });
    assert.deepEqual(result.relatedLocations?.map((one) => [one.physicalLocation.region.startLine, one.message.text]), [[4, "device uart0 0x1000_0000-0x1000_1fff (8 KiB)"]]);
    const checked = checkText("a b.platform.jsonc", OVERLAP);
    const [finding] = checked.findings;
    assert.ok(finding);
    const texts = triedFixes(checked, finding).map((fix) => fix.text);
    assert.equal(texts.length, 3);
    assert.deepEqual(result.fixes?.map((fix) => applied(OVERLAP, fix.artifactChanges[0]?.replacements ?? [])), texts);
  });

  it("has fingerprints that stay when lines move, the file gets another name and addresses change, and that tell findings apart", async () => {
    const of = async (text: string, name = "a.platform.jsonc"): Promise<string[]> => (await sarifOf(folderWith({ [name]: text }))).results.map((one) => one.partialFingerprints["primaryLocationLineHash"] ?? "");
    const prints = await of(OVERLAP);
    assert.equal(new Set(prints).size, 3);
    assert.deepEqual(await of(`\n// moved\n${OVERLAP}`, "sub/b.platform.jsonc"), prints);
    assert.deepEqual(await of(OVERLAP.replaceAll("0x1000_", "0x2000_").replace("0x2000_1000", "0x2000_1800")), prints);
    assert.notDeepEqual(await of(OVERLAP.replace("uart1", "uart2")), prints);
    for (const text of [everything, ...examples.values()]) {
      const all = await of(text);
      assert.equal(new Set(all).size, all.length);
    }
  });

  it("says what was not decided", async () => {
    const run = await sarifOf(folderWith({ "a.platform.jsonc": `{ "platform": "x", "physicalAddressBits": "unknown", "memory": [{ "name": "m", "base": "0x0", "size": "1G" }] }` }));
    const said = run.invocations[0]?.toolExecutionNotifications.map((one) => one.message.text);
    assert.ok(said?.includes("beyond-physical-address-bits was not decided: physicalAddressBits is not known."), said?.join("\n"));
  });

  it("keeps to what GitHub takes, the most severe first, and says what it left out", () => {
    const findings = Array.from({ length: SARIF_LIMITS.results + 5 }, (_, index) => finding({ line: index + 1, severity: index % 2 === 0 ? "hint" : "error" }));
    const many = finding({ severity: "error", related: Array.from({ length: 1200 }, (_, line) => ({ ...PLACE, line: line + 1, message: "also" })) });
    const { text, note } = printSarifReport(reportWith([...findings, many]), { version: "0.0.0", homepage: "https://example.org/", workingFolder: "/w" });
    const [run] = (JSON.parse(text) as { runs: Run[] }).runs;
    assert.equal(run?.results.length, SARIF_LIMITS.results);
    assert.equal(run?.results.filter((one) => one.level === "error").length, findings.filter((one) => one.severity === "error").length + 1);
    assert.equal((run?.results.at(-1)?.relatedLocations?.length ?? 0) + 1, SARIF_LIMITS.locationsPerResult);
    assert.match(note ?? "", /^6 of 25006 findings are not in the SARIF log/);
    assert.match(run?.invocations[0]?.toolExecutionNotifications.at(-1)?.message.text ?? "", /^6 of 25006/);
  });
});

describe("platmap check --format github", () => {
  it("writes one command for each finding, with its place, rule, other places and fixes", async () => {
    const { out, err, code } = await platmap(folderWith({ "a,b:c.platform.jsonc": OVERLAP }), ["check", "--format", "github"]);
    assert.deepEqual({ err, code }, { err: "", code: 1 });
    const lines = out.split("\n");
    assert.equal(
      lines[0],
      "::error file=a%2Cb%3Ac.platform.jsonc,line=5,endLine=5,col=37,endColumn=50,title=overlapping-regions MAP001::device uart1 overlaps device uart0 in 0x1000_1000-0x1000_1fff (4 KiB) of the physical map: 0x1000_1000-0x1000_2fff and 0x1000_0000-0x1000_1fff" +
        "%0Aalso a,b:c.platform.jsonc:4:32: device uart0 0x1000_0000-0x1000_1fff (8 KiB)%0Afix: Move uart1 to 0x1000_2000%0Afix: Shrink uart1 to 0x1000_2000-0x1000_2fff (4 KiB)%0Afix: Shrink uart0 to 0x1000_0000-0x1000_0fff (4 KiB)",
    );
    assert.deepEqual(lines.slice(1).map((line) => line.split(" ")[0]), ["::error", "::error", "1", ""]);
  });

  it("annotates the ten most severe of a kind, keeps the rest in the log, and says so", () => {
    const findings = [...Array.from({ length: 12 }, (_, line) => finding({ line, severity: "error" })), ...Array.from({ length: 9 }, () => finding({ severity: "hint" })), ...Array.from({ length: 3 }, () => finding({ severity: "info" }))];
    const { text, note } = printGithubReport(reportWith(findings));
    const count = (start: string): number => text.split("\n").filter((line) => line.startsWith(start)).length;
    assert.deepEqual([count("::error "), count("::notice "), count("- a:")], [10, 10, 4]);
    assert.ok(text.split("\n").slice(21, 24).every((line) => line.startsWith("::notice ")), "infos before hints");
    assert.match(note ?? "", /^4 of 24 findings are only in the log/);
  });

  it("lets no text of a document become a command", () => {
    const message = "x\n::set-env name=A::b\r%0A::warning::no\u001b[31m";
    const { text } = printGithubReport(reportWith([...Array.from({ length: 11 }, () => finding({ severity: "error", message, file: "\n::add-mask::x" }))]));
    for (const line of text.split("\n").slice(0, -2)) assert.match(line, /^(::error file=|- )/);
    assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f]/);
  });
});

describe("platmap check --format junit", () => {
  interface Junit {
    readonly testsuites: { readonly $: Record<string, string>; readonly testsuite: readonly { readonly $: Record<string, string>; readonly testcase: readonly Record<string, readonly { readonly _: string; readonly $: Record<string, string> }[]>[] }[] };
  }
  const read = async (folder: string, ...args: string[]): Promise<Junit> => (await parseStringPromise((await platmap(folder, ["check", "--format", "junit", ...args])).out)) as Junit;

  it("is XML with a suite for each file and a case for each finding, failed at or above --fail-on", async () => {
    const folder = folderWith({ "a.platform.jsonc": OVERLAP, "b.platform.jsonc": `{ "platform": "board", "physicalAddressBits": "unknown", "memory": [{ "name": "m", "base": "0x0", "size": "64KB" }] }`, "c.platform.jsonc": `{ "platform": "board" }` });
    const { testsuites } = await read(folder);
    const counts = (one: { $: Record<string, string> }): (string | undefined)[] => ["name", "tests", "failures"].map((key) => one.$[key]);
    assert.deepEqual(testsuites.testsuite.map((one) => counts(one)).map(([name, , failures]) => [name, failures]), [["a.platform.jsonc", "3"], ["b.platform.jsonc", "0"], ["c.platform.jsonc", "0"]]);
    assert.equal(testsuites.$["failures"], "3");
    assert.equal(testsuites.$["tests"], String(testsuites.testsuite.reduce((sum, one) => sum + one.testcase.length, 0)));
    const failure = testsuites.testsuite[0]?.testcase[0]?.["failure"]?.[0];
    assert.match(failure?._ ?? "", /^a\.platform\.jsonc:5:37: error\[overlapping-regions\]: device uart1 .*\nalso a\.platform\.jsonc:4:32: .*\nfix Move uart1/);
    assert.ok(testsuites.testsuite[1]?.testcase.some((one) => /physicalAddressBits is not known/.test(one["skipped"]?.[0]?.$["message"] ?? "")));
    assert.equal((await read(folder, "--fail-on", "warning")).testsuites.testsuite[1]?.$["failures"], "1");
  });

  it("is XML whatever the document says", async () => {
    const text = OVERLAP.replace('"memroy"', JSON.stringify("]]>\u0000\u001b\ud800\ufffe<x a='1'>&amp;"));
    const { testsuites } = await read(folderWith({ "a&<>\"'.platform.jsonc": text }));
    assert.equal(testsuites.testsuite[0]?.$["name"], "a&<>\"'.platform.jsonc");
    assert.ok(testsuites.testsuite[0]?.testcase.some((one) => one["failure"]?.[0]?._.includes("]]>\ufffd\ufffd\ufffd\ufffd<x a='1'>&amp;")));
  });
});

const PLACE = { file: "a", line: 1, column: 1, endLine: 1, endColumn: 2 };

function finding(more: Partial<ReportedFinding>): ReportedFinding {
  return { ...PLACE, rule: "overlapping-regions", catalogue: undefined, severity: "error", message: "m", path: undefined, related: [], fixes: [], fingerprint: { byName: "n", byPlace: "p" }, ...more };
}

function reportWith(findings: readonly ReportedFinding[]): Report {
  return { files: 1, findings, waived: [], skipped: [], crashed: [], fixesCut: false };
}

/** The text after replacements in regions, taken from the last to the first. */
function applied(text: string, replacements: readonly { readonly deletedRegion: Region; readonly insertedContent: { readonly text: string } }[]): string {
  const offset = (line: number, column: number): number => text.split("\n").slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  return [...replacements].reverse().reduce(
    (done, { deletedRegion: { startLine, startColumn, endLine, endColumn }, insertedContent }) => done.slice(0, offset(startLine, startColumn)) + insertedContent.text + done.slice(offset(endLine, endColumn)),
    text,
  );
}
