// A history of changes to the maps of one repository, as people make them, one commit each. Knows nothing of what a review says of them.

/** The files that a commit writes; undefined deletes one. */
export type Commit = Readonly<Record<string, string | undefined>>;

/** A change of the files that are there, with the commit's subject. */
export interface Step {
  readonly subject: string;
  readonly change: (files: ReadonlyMap<string, string>) => Commit;
}

const BOARD = "board.platform.jsonc";
const GUEST = "web.guest.jsonc";
const FLEET = "rack.fleet.jsonc";

export const start: Readonly<Record<string, string>> = {
  [BOARD]: `// The board of the rack.
{
  "platform": "board", "arch": "arm64", "physicalAddressBits": 44, "pageSize": "4K",
  "memory": [
    { "name": "dram0", "base": "0x8000_0000", "size": "2G" },
    { "name": "dram1", "base": "0x8_8000_0000", "size": "30G" },
  ],
  "devices": [
    { "name": "uart0", "base": "0x0900_0000", "size": "4K" },
    { "name": "uart1", "base": "0x0901_0000", "size": "4K" },
  ],
  "reserved": [
    { "name": "bl31", "base": "0xfe00_0000", "size": "2M", "type": "firmware" },
    { "name": "cma", "size": "64M", "align": "4M", "type": "dma-pool", "reusable": true },
  ],
  "doorbells": [{ "name": "its0", "type": "its", "base": "0x4400_0000", "size": "128K" }],
  "iommus": [
    { "name": "smmu0", "type": "smmuv3", "base": "0x4500_0000", "size": "128K", "inputBits": 44, "outputBits": 44, "msiWindow": { "base": "0x0800_0000", "size": "1M", "programmable": true } },
  ],
  "pci": [
    {
      "name": "pcie0", "buses": "00-ff",
      "config": { "base": "0x3000_0000", "size": "256M" },
      "windows": [{ "type": "mem32", "cpu": "0x5000_0000", "size": "256M" }],
      "iommu": [{ "ids": "0000-ffff", "to": "smmu0", "stream": "0x0" }],
      "msi": [{ "ids": "0000-ffff", "to": "its0", "deviceIds": "0x0" }],
      "devices": [
        {
          "at": "00:01.0", "name": "rp0", "type": "root-port", "buses": "01-01", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
          "devices": [{ "at": "01:00.0", "name": "nic0", "type": "endpoint" }],
        },
        {
          "at": "00:02.0", "name": "rp1", "type": "root-port", "buses": "02-02", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" },
          "devices": [{ "at": "02:00.0", "name": "nvme0", "type": "endpoint" }],
        },
      ],
    },
  ],
}
`,
  [GUEST]: `{
  "guest": "web", "physicalAddressBits": 40, "hosts": ["${BOARD}"],
  "memory": [{ "name": "ram", "base": "0x6000_0000", "size": "2G" }],
}
`,
  [FLEET]: `{ "fleet": "rack", "platforms": ["*.platform.jsonc"] }
`,
};

/** A step that replaces a text in a file; it must be there. */
function edit(subject: string, file: string, from: string, to: string): Step {
  return {
    subject,
    change: (files) => {
      const text = files.get(file) ?? "";
      if (!text.includes(from)) throw new Error(`${subject}: ${file} has no ${from}`);
      return { [file]: text.replace(from, to) };
    },
  };
}

const UART1 = `    { "name": "uart1", "base": "0x0901_0000", "size": "4K" },\n`;
const RP0_ON = `"buses": "01-01", "acs": { "capable": "SV RR CR UF", "enabled": "SV RR CR UF" }`;
const RP0_OFF = RP0_ON.replace(`"enabled": "SV RR CR UF"`, `"enabled": ""`);

/** What stands between the two files that a description was split into. */
function split(text: string): Commit {
  const devices = /^ *"devices": \[\n[^]*?^ *\],\n/m.exec(text)?.[0] ?? "";
  const own = text.replace(devices, "").replace('"platform": "board",', '"platform": "board", "extends": "../soc.platform.jsonc",');
  return { "soc.platform.jsonc": `{\n  "platform": "soc",\n${devices}}\n`, [`machines/${BOARD}`]: own };
}

/** In their order: each begins from what the one before has left. */
export const steps = {
  add: edit("Add the watchdog", BOARD, UART1, `${UART1}    { "name": "wdt", "base": "0x0902_0000", "size": "4K" },\n`),
  move: edit("Move the watchdog", BOARD, `"wdt", "base": "0x0902_0000"`, `"wdt", "base": "0x0903_0000"`),
  resize: edit("The watchdog has two frames", BOARD, `"base": "0x0903_0000", "size": "4K"`, `"base": "0x0903_0000", "size": "8K"`),
  rename: edit("Call it what the manual does", BOARD, `"wdt"`, `"watchdog"`),
  retype: edit("BL31 is secure", BOARD, `"type": "firmware"`, `"type": "secure"`),
  place: edit("Give the pool a place", BOARD, `{ "name": "cma", "size": "64M", "align": "4M",`, `{ "name": "cma", "base": "0x9000_0000", "size": "64M",`),
  overlap: edit("uart0 is 128 KiB", BOARD, `"name": "uart0", "base": "0x0900_0000", "size": "4K"`, `"name": "uart0", "base": "0x0900_0000", "size": "128K"`),
  apart: edit("It is not", BOARD, `"name": "uart0", "base": "0x0900_0000", "size": "128K"`, `"name": "uart0", "base": "0x0900_0000", "size": "64K"`),
  remove: edit("There is no second UART", BOARD, UART1, ""),
  merge: edit("Firmware leaves ACS off", BOARD, RP0_ON, RP0_OFF),
  split: edit("Switch ACS on", BOARD, RP0_OFF, RP0_ON),
  unfit: edit("The DMA engine holds a hole", BOARD, `"programmable": true }`, `"programmable": true }, "reserved": [{ "name": "hole", "range": "0x7000_0000-0x7fff_ffff", "type": "reserved" }]`),
  fit: edit("Move the guest above it", GUEST, `"base": "0x6000_0000"`, `"base": "0x1_0000_0000"`),
  grow: edit("The guest wants more", GUEST, `"size": "2G"`, `"size": "4G"`),
  reformat: { subject: "Reformat", change: (files) => ({ [BOARD]: (files.get(BOARD) ?? "").replace(/^ +/gm, (blanks) => blanks + blanks).replace(/, "size"/g, `,\n  "size"`) }) },
  comment: edit("Explain", BOARD, "// The board of the rack.", "// The board of the rack, second row.\n// Ask the lab before you change it."),
  order: edit("Name first", BOARD, `"platform": "board", "arch": "arm64"`, `"arch": "arm64", "platform": "board"`),
  cite: edit("Say where bl31 comes from", BOARD, `"type": "secure"`, `"type": "secure", "source": { "document": "TRM", "page": 12 }`),
  severity: { subject: "Be strict", change: () => ({ "platmap.config.jsonc": `{ "rules": { "entry-without-source": "warning" } }\n` }) },
  lenient: { subject: "Not so strict", change: () => ({ "platmap.config.jsonc": `{ "rules": { "entry-without-source": "off" } }\n` }) },
  group: edit("The guest moves in the rack", FLEET, ` }`, `, "migrationGroups": [{ "name": "all", "platforms": ["board"], "guests": ["web.guest.jsonc"] }] }`),
  moveFile: {
    subject: "Machines have a folder",
    change: (files) => ({
      [BOARD]: undefined, [`machines/${BOARD}`]: files.get(BOARD) ?? "",
      [GUEST]: (files.get(GUEST) ?? "").replace(`"${BOARD}"`, `"machines/${BOARD}"`), [FLEET]: (files.get(FLEET) ?? "").replace(`"*.platform`, `"machines/*.platform`),
    }),
  },
  extend: { subject: "The SoC has a file of its own", change: (files) => split(files.get(`machines/${BOARD}`) ?? "") },
  base: edit("The UART's registers end earlier", "soc.platform.jsonc", `"size": "64K"`, `"size": "32K"`),
  breakIt: edit("Oops", `machines/${BOARD}`, `"memory": [`, `"memory": `),
  mend: edit("Mend", `machines/${BOARD}`, `"memory": `, `"memory": [`),
  deleteGuest: { subject: "The guest retires", change: (files) => ({ [GUEST]: undefined, [FLEET]: (files.get(FLEET) ?? "").replace(`, "guests": ["web.guest.jsonc"]`, "") }) },
} as const satisfies Readonly<Record<string, Step>>;
