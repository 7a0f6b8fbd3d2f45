// The part of docs/language.md that is written by hand: how values are written. The keys follow from the language itself.

export const languageIntroduction = `# The platform description language

A platform file describes one kind of machine: its physical memory map, which ranges nobody may allocate, where devices write to raise
interrupts, what its IOMMUs translate, and how PCIe isolates one device from another. It is JSON with comments and trailing commas, and is
called \`*.platform.jsonc\` (\`*.platform.json\` is the same language).

\`\`\`jsonc
{
  "platform": "board",
  "memory": [{ "name": "dram", "base": "0x8000_0000", "size": "2G" }],
  "devices": [{ "name": "uart0", "base": "0x0900_0000", "size": "4K" }],
  "reserved": [{ "name": "bl31", "range": "0xfe00_0000-0xfe1f_ffff", "type": "secure", "noMap": true }],
}
\`\`\`

A guest file (\`*.guest.jsonc\`) describes one virtual machine and the hosts that it must run on; a fleet file (\`*.fleet.jsonc\`) the hosts that
guests move between. Both name other files by paths from their own folder.

\`\`\`jsonc
{
  "guest": "web", "machine": "qemu-virt-10.1", "physicalAddressBits": 40,
  "hosts": ["../hosts/d05.platform.jsonc"],
  "memory": [{ "name": "ram", "size": "8G" }],
  "passthrough": [{ "host": "d05", "device": "0000:05:00.0", "when": "boot" }],
}
\`\`\`

## Values

- **Address**: \`"0x8_0000_0000"\`. Sixty-four bits, exact; \`_\` separates digits. A JSON number is taken below 2^53 and reported; above that it has lost digits and is an error.
- **Size**: \`"64K"\`, \`"2M"\`, \`"16G"\`, \`"1T"\` are powers of 1024, \`KiB\`, \`MiB\` and so on mean the same. Hexadecimal is fine, plain digits are bytes. \`KB\` and \`MB\` mean two things and are flagged.
- **Range**: \`base\` with \`size\`, or \`base\` with \`last\` (inclusive), or \`range\` with both ends inclusive, or \`ranges\` for a thing that lies in several places. One form an entry.
- **Expression**: wherever an address or a size stands, it may be worked out: \`"dram0.base + 16M"\`, \`"dram0.next - 32M"\`, \`"align(bl31.next, 2M)"\`. An entry has \`base\`, \`size\`, \`last\` (inclusive) and \`next\` (the first byte after it). There are \`+\`, \`-\`, \`*\`, parentheses, \`align\` and \`alignDown\` (to the next multiple above or below), \`min\` and \`max\`, and literals of both kinds. It is worked out exactly, and only the result must fit. Names match longest first; a minus between two values has blanks around it. A \`range\` holds literals only.
- **Name**: letters, digits, \`_\`, \`.\` and \`-\`, beginning with a letter or \`_\`; unique in its file. It does not end in one of the four properties.
- **PCI address**: \`"0000:01:00.0"\`; the segment may be left out. **Bus range**: \`"00-ff"\`. **ACS bits**: words of \`SV TB RR CR UF EC DT\`; lspci's words are read too.
- **Absent** means that the thing is not there. \`"unknown"\` is a value where an importer could not tell: rules that need it are skipped, and say so. \`"none"\` states that there is none.

## Files that extend others

A platform file may be laid over others: a board over its chip, a variant with one socket over what both variants have.

\`\`\`jsonc
{
  "extends": "./soc.platform.jsonc",                     // or a list, of which a later file counts over an earlier one
  "platform": "board",
  "devices": [{ "name": "uart0", "disabled": true }],    // merged with the uart0 of the other file, key by key
  "remove": ["uart3"],
}
\`\`\`

Entries of one name are one entry, PCI functions without a name those of one address; what is written here counts. A list of what has no names counts as a whole. Expressions and references lead into
the other files. A finding that takes both files stands here and names the place there.

## Which overlaps are legal

There is one address map for each space and owner: physical; bus memory and bus I/O of each host bridge; I/O virtual addresses of each IOMMU. Ranges
of two maps are never compared. In the physical map these may lie inside one another: a reservation in memory or in a device; a doorbell in a
device; a configuration space in a window of its host bridge; memory in a CXL window; an entry in the one that its \`in\` names; a reservation that is placed at boot anywhere in
its \`within\`. \`sharedWith\` on both entries declares an overlap that is meant. Everything else that shares an address is a finding: one a pair.

## Where facts come from

\`source\` of an entry says where its facts come from, and those of all that is in the entry and says nothing else: a text, or its parts. Nothing follows from it; it is
shown in hovers, in the memory map, by \`platmap map --at\` and in exports, and \`platmap import --update\` keeps it. An import writes none: it says above each list what the
list was read from, and in \`captured\` what was captured.

\`\`\`jsonc
{ "name": "uart0", "base": "0x0900_0000", "size": "4K", "source": "TRM rev. 1.3, table 2-1" },
{ "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K", "source": { "document": "TRM rev. 1.3", "section": "2.4", "page": 214 } },
{ "name": "bl31", "base": "0xfe00_0000", "size": "2M", "source": { "capture": "board.tar.gz: /proc/iomem" } },
\`\`\`

The rule [entry-without-source](rules/entry-without-source.md), off by default, finds the entries that say nothing.

## Waivers and configuration

\`// platmap allow missing-acs: nothing behind this port is ever assigned\` allows one finding of that rule, on the comment's own line or on the line below it. The reason
is mandatory. A waiver that allows nothing, gives no reason or names a rule that does not exist is itself a finding.

\`platmap.config.jsonc\` sets how serious rules are, and which files are left out. It holds for its folder and those below; the nearest one above a file counts. The
editor's setting \`platmap.rules\` goes on top of it, for that editor alone, and \`platmap check --rule ID=SEVERITY\` for one run. A few rules are off by default, as their
pages say: to say a severity switches them on.

\`\`\`jsonc
{
  "rules": { "unaligned-memory": "off", "missing-acs": "error" },
  "ignore": ["old/**", "*.draft.platform.jsonc"],
}
\`\`\`

# Keys

`;
