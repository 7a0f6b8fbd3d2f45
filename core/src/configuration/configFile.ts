// The configuration file, platmap.config.jsonc: how serious each rule is, and which files are left out. Every key, what it takes and what it means.
// Knows nothing of where such files are found.
import type { ModelOf, Word } from "../language/valueType";
import { listOf, mapOf, optional, record, text, word } from "../language/valueType";
import { rules } from "../rules/index";

const severities = [
  { word: "error", doc: "The map cannot work or is unsafe." },
  { word: "warning", doc: "It works by luck or on some machines." },
  { word: "info", doc: "Worth knowing." },
  { word: "hint", doc: "Style. Hints never fail a check." },
  { word: "off", doc: "The rule does not look." },
] as const satisfies readonly Word[];

/** Asked for late: the rules are made of the language, of which this is a part. */
const ruleWords = (): readonly Word[] => rules.map(({ id, summary, isOffByDefault }) => ({ word: id, doc: isOffByDefault ? `${summary} Off by default.` : summary }));

export const configFile = record("configuration", "Settings for the files in its folder and in the folders below it. The nearest such file above a file counts, and no other.", {
  $schema: optional(text(), "A JSON Schema for editors that do not know the language. Not read."),
  description: optional(text(), "Words for people. Nothing is read from it."),
  rules: optional(mapOf(word(severities), "a rule's id", ruleWords), "How serious each rule's findings are, by the rule's id; `off` switches a rule off. Rules that are not named keep their own severity."),
  ignore: optional(
    listOf(text()),
    "Files to leave out, from this file's folder: `old/**`, `*.draft.platform.jsonc`. `*` stands for any part of a name, `**` for any folders. A pattern without `/` is for names in every folder; a folder stands for all that is in it.",
  ),
});

export type Configuration = ModelOf<typeof configFile>;
