// An entry that does not say where its facts come from. Off unless somebody switches it on.
import { factSourceAt } from "../plan/factSources";
import { entryAnchor } from "../plan/occupants";
import type { NamedEntry } from "../platform";
import type { Plan } from "../plan/plan";
import { defineRule } from "../rule";

interface Unsourced {
  readonly noun: string;
  readonly name: string | undefined;
}

export const entryWithoutSource = defineRule<Unsourced>({
  id: "entry-without-source",
  severity: "info",
  isOffByDefault: true,
  since: "0.1.0",
  summary: "An entry does not say where its facts come from.",
  why: `An address that nobody can trace can be neither checked nor renewed: whoever meets it next cannot tell a number of the reference manual from one of an old
board file or a guess. \`source\` says it, as a text (\`"TRM rev. 1.3, table 2-1"\`) or in its parts (\`document\`, \`section\`, \`page\`, \`capture\`). It is shown in
hovers, in the memory map and in exports, and \`import --update\` keeps it.

Entries of the lists of a platform file are asked: memory, devices, reservations, doorbells, IOMMUs, host bridges and CXL windows. A source stands for all that is in its
entry, so that of a host bridge is that of its windows and functions.

The rule is off by default, since few files begin with sources. Switch it on in \`platmap.config.jsonc\` (\`"rules": { "entry-without-source": "warning" }\`), in the editor's
setting \`platmap.rules\`, or for one run with \`platmap check --rule entry-without-source=warning\`.`,
  bad: [
    {
      text: `{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G", "source": "" }],
  //                   ^^^^^^ info: memory dram does not say where its facts come from
  "doorbells": [
    { "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K", "source": { "document": "SoC reference manual", "section": "2.4" } },
    { "name": "its1", "type": "its", "base": "0x4600_0000", "size": "128K" },
    //        ^^^^^^ info: doorbell its1 does not say where its facts come from
  ],
}`,
    },
  ],
  good: [
    `// A host bridge speaks for what is below it.
{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G", "source": "SoC reference manual, rev. 1.3, table 2-1" }],
  "pci": [
    {
      "name": "pcie0",
      "config": { "base": "0x40_1000_0000", "size": "256M" },
      "windows": [{ "type": "mem32", "cpu": "0x1000_0000", "size": "256M" }],
      "msi": "none",
      "source": { "document": "SoC reference manual", "page": 214 },
    },
  ],
}`,
    `{
  "platform": "board",
  "devices": [{ "name": "uart0", "base": "0x900_0000", "size": "4K", "source": { "capture": "board.tar.gz: /proc/iomem" } }],
}`,
  ],
  *check(plan) {
    for (const [noun, entries] of listsOf(plan)) {
      for (const entry of entries ?? []) {
        if (factSourceAt(plan, entry.anchor.path) === undefined) yield { at: entryAnchor(entry), data: { noun, name: entry.name } };
      }
    }
  },
  message: ({ noun, name }) => `${noun}${name === undefined ? "" : ` ${name}`} does not say where its facts come from`,
});

function listsOf({ platform }: Plan): readonly (readonly [noun: string, entries: readonly NamedEntry[] | undefined])[] {
  const { memory, devices, reserved, doorbells, iommus, pci, cxlWindows } = platform;
  return [
    ["memory", memory], ["device", devices], ["reservation", reserved], ["doorbell", doorbells], ["IOMMU", iommus], ["host bridge", pci], ["CXL window", cxlWindows],
  ];
}
