// What is generated from the language and the rules, and committed: documentation, schema and pictures. Knows nothing of how it is written to disk.
import { fileTypes, jsonSchema, languagePage, ruleIndex, rulePage, rules } from "../../core/src/index";
import { pictures } from "../map/pictures";
import { languageIntroduction } from "./languageIntroduction";

/** Text of each generated file, by its path in the repository. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const rule of rules) files.set(`docs/rules/${rule.id}.md`, rulePage(rule));
  files.set("docs/rules/README.md", ruleIndex(rules));
  files.set("docs/language.md", languageIntroduction + languagePage(Object.values(fileTypes)));
  for (const [kind, type] of Object.entries(fileTypes)) files.set(`syntaxes/${kind}.schema.json`, JSON.stringify(jsonSchema(type), undefined, 2) + "\n");
  for (const [file, picture] of pictures()) files.set(file, picture);
  return files;
}
