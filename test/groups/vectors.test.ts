// Topologies with the groups that they must have: as the kernels make them, and with isolation per bus (domain.md 2.8).
import assert from "node:assert/strict";
import { iommuGroups } from "../../core/src/plan/groups/iommuGroups";
import { groupsOf, joinsOf, planOf, platform } from "./partitions";

const ON = `"acs": { "capable": "SV TB RR CR UF DT", "enabled": "SV RR CR UF" }`;
const OFF = `"acs": { "capable": "SV TB RR CR UF DT", "enabled": "" }`;
const NONE = `"acs": "none"`;

/** A function; `more` is its further keys and `below` what is behind it. */
function at(address: string, type: string, more = "", below = ""): string {
  return `{ "at": "${address}", "type": "${type}"${more === "" ? "" : `, ${more}`}${below === "" ? "" : `, "devices": [${below}]`} }`;
}

/** Root port, upstream port, two downstream ports with an endpoint below each. */
function switched(first: string, second: string): string {
  const ports = [
    at("02:00.0", "downstream-port", `"buses": "03-03", ${first}`, at("03:00.0", "endpoint")),
    at("02:03.0", "downstream-port", `"buses": "04-04", ${second}`, at("04:00.0", "endpoint")),
  ];
  return at(
    "00:00.0",
    "root-port",
    `"buses": "01-04", ${ON}`,
    at("01:00.0", "upstream-port", `"buses": "02-04"`, ports.join(", ")),
  );
}

const twoPorts = [
  at("00:1c.0", "root-port", `"buses": "01-01", "multifunction": true, ${NONE}`, at("01:00.0", "endpoint")),
  at("00:1c.4", "root-port", `"buses": "02-02", ${NONE}`, at("02:00.0", "endpoint")),
].join(", ");

const conventional = [at("02:01.0", "pci-device"), at("02:02.0", "pci-device")].join(", ");

interface Vector {
  readonly name: string;
  readonly devices: string;
  readonly kernel: readonly string[];
  readonly byBus?: readonly string[];
}

const vectors: readonly Vector[] = [
  {
    name: "a switch with full ACS",
    devices: switched(ON, ON),
    kernel: ["00:00.0", "01:00.0", "02:00.0", "02:03.0", "03:00.0", "04:00.0"],
    byBus: ["00:00.0", "01:00.0", "02:00.0", "02:03.0", "03:00.0", "04:00.0"],
  },
  {
    name: "a switch with ACS off",
    devices: switched(OFF, OFF),
    kernel: ["00:00.0", "01:00.0", "02:00.0 03:00.0", "02:03.0 04:00.0"],
    byBus: ["00:00.0", "01:00.0", "02:00.0 02:03.0 03:00.0 04:00.0"],
  },
  {
    name: "a switch with ACS off on one port",
    devices: switched(ON, OFF),
    kernel: ["00:00.0", "01:00.0", "02:00.0", "02:03.0 04:00.0", "03:00.0"],
    byBus: ["00:00.0", "01:00.0", "02:00.0 02:03.0 03:00.0 04:00.0"],
  },
  {
    name: "a switch whose ports have no ACS: the upstream port is within their reach",
    devices: switched(NONE, NONE),
    kernel: ["00:00.0", "01:00.0", "02:00.0 03:00.0", "02:03.0 04:00.0"],
    byBus: ["00:00.0", "01:00.0 02:00.0 02:03.0 03:00.0 04:00.0"],
  },
  {
    name: "a root port without ACS",
    devices: at("00:01.0", "root-port", `"buses": "01-01", ${NONE}`, at("01:00.0", "endpoint")),
    kernel: ["00:01.0 01:00.0"],
    byBus: ["00:01.0", "01:00.0"],
  },
  {
    name: "a root port that is capable, with everything off",
    devices: at("00:01.0", "root-port", `"buses": "01-01", ${OFF}`, at("01:00.0", "endpoint")),
    kernel: ["00:01.0 01:00.0"],
    byBus: ["00:01.0 01:00.0"],
  },
  {
    name: "a root port that has but two of the bits, both on",
    devices: at(
      "00:01.0",
      "root-port",
      `"buses": "01-01", "acs": { "capable": "SV RR", "enabled": "SV RR" }`,
      at("01:00.0", "endpoint"),
    ),
    kernel: ["00:01.0", "01:00.0"],
    byBus: ["00:01.0", "01:00.0"],
  },
  {
    name: "root ports of one slot without ACS",
    devices: twoPorts,
    kernel: ["00:1c.0 00:1c.4 01:00.0 02:00.0"],
    byBus: ["00:1c.0 00:1c.4 01:00.0 02:00.0"],
  },
  {
    name: "an endpoint of two functions without ACS, below a good path",
    devices: at(
      "00:01.0",
      "root-port",
      `"buses": "01-01", ${ON}`,
      [at("01:00.0", "endpoint", `"multifunction": true, ${NONE}`), at("01:00.1", "endpoint", NONE)].join(", "),
    ),
    kernel: ["00:01.0", "01:00.0 01:00.1"],
    byBus: ["00:01.0", "01:00.0 01:00.1"],
  },
  {
    name: "three functions of which the middle one fails",
    devices: [
      at("00:08.0", "endpoint", `"multifunction": true, ${ON}`),
      at("00:08.1", "endpoint", NONE),
      at("00:08.2", "endpoint", ON),
    ].join(", "),
    kernel: ["00:08.0", "00:08.1", "00:08.2"],
    byBus: ["00:08.0 00:08.1 00:08.2"],
  },
  {
    name: "three functions without a PCI Express capability",
    devices: [
      at("00:16.0", "pci-device", `"multifunction": true`),
      at("00:16.1", "pci-device"),
      at("00:16.4", "pci-device"),
    ].join(", "),
    kernel: ["00:16.0 00:16.1 00:16.4"],
    byBus: ["00:16.0 00:16.1 00:16.4"],
  },
  {
    name: "a PCIe-to-PCI bridge without BAR",
    devices: at(
      "00:01.0",
      "root-port",
      `"buses": "01-02", ${ON}`,
      at("01:00.0", "pcie-to-pci-bridge", `"buses": "02-02"`, conventional),
    ),
    kernel: ["00:01.0", "01:00.0 02:01.0 02:02.0"],
    byBus: ["00:01.0", "01:00.0", "02:01.0 02:02.0"],
  },
  {
    name: "a PCIe-to-PCI bridge with a memory BAR",
    devices: at(
      "00:01.0",
      "root-port",
      `"buses": "01-02", ${ON}`,
      at(
        "01:00.0",
        "pcie-to-pci-bridge",
        `"buses": "02-02", "bars": [{ "bar": 0, "base": "0xfe00_0000", "size": "4K", "type": "mem32" }]`,
        conventional,
      ),
    ),
    kernel: ["00:01.0", "01:00.0 02:01.0 02:02.0"],
    byBus: ["00:01.0", "01:00.0 02:01.0 02:02.0"],
  },
  {
    name: "a PCIe-to-PCI bridge with nothing but an expansion ROM",
    devices: at(
      "00:01.0",
      "root-port",
      `"buses": "01-02", ${ON}`,
      at(
        "01:00.0",
        "pcie-to-pci-bridge",
        `"buses": "02-02", "bars": [{ "bar": 6, "base": "0xfe00_0000", "size": "64K", "type": "mem32" }]`,
        conventional,
      ),
    ),
    kernel: ["00:01.0", "01:00.0 02:01.0 02:02.0"],
    byBus: ["00:01.0", "01:00.0 02:01.0 02:02.0"],
  },
  {
    name: "a conventional bridge, and PCI Express behind it again",
    devices: at(
      "00:1e.0",
      "pci-bridge",
      `"buses": "01-03"`,
      at("01:04.0", "pci-to-pcie-bridge", `"buses": "02-02"`, at("02:00.0", "endpoint")),
    ),
    kernel: ["00:1e.0 01:04.0 02:00.0"],
    byBus: ["00:1e.0 01:04.0 02:00.0"],
  },
  {
    name: "an upstream port without any ACS above good downstream ports",
    devices: at(
      "00:01.0",
      "root-port",
      `"buses": "48-4b", ${ON}`,
      at(
        "48:00.0",
        "upstream-port",
        `"buses": "49-4b", ${NONE}`,
        [
          at("49:00.0", "downstream-port", `"buses": "4a-4a", ${ON}`, at("4a:00.0", "endpoint")),
          at("49:1f.0", "downstream-port", `"buses": "4b-4b", ${ON}`, at("4b:00.0", "endpoint")),
        ].join(", "),
      ),
    ),
    kernel: ["00:01.0", "48:00.0", "49:00.0", "49:1f.0", "4a:00.0", "4b:00.0"],
    byBus: ["00:01.0", "48:00.0", "49:00.0", "49:1f.0", "4a:00.0", "4b:00.0"],
  },
  {
    name: "virtual functions: not one of several, though their numbers say so",
    devices: at(
      "00:01.0",
      "root-port",
      `"buses": "01-02", ${ON}`,
      [
        at("01:00.0", "endpoint", `${NONE}, "virtualFunctions": 4`),
        at("01:00.1", "endpoint", `${NONE}, "virtual": true`),
        at("01:10.3", "endpoint", `${NONE}, "virtual": true`),
        at("02:00.1", "endpoint", `${NONE}, "virtual": true`),
      ].join(", "),
    ),
    kernel: ["00:01.0", "01:00.0", "01:00.1", "01:10.3", "02:00.1"],
    byBus: ["00:01.0", "01:00.0", "01:00.1", "01:10.3", "02:00.1"],
  },
  {
    name: "an upstream port that is one of several and fails: the path above its downstream ports does",
    devices: at(
      "00:01.0",
      "root-port",
      `"buses": "01-03", ${ON}`,
      [
        at(
          "01:00.0",
          "upstream-port",
          `"buses": "02-03", "multifunction": true, ${NONE}`,
          at("02:00.0", "downstream-port", `"buses": "03-03", ${ON}`, at("03:00.0", "endpoint")),
        ),
        at("01:00.1", "endpoint", NONE),
      ].join(", "),
    ),
    kernel: ["00:01.0", "01:00.0 01:00.1 02:00.0 03:00.0"],
  },
  {
    name: "a SATA controller that uses the id of a function that is there (Marvell)",
    devices: at(
      "00:01.0",
      "root-port",
      `"buses": "01-01", ${ON}`,
      [
        at("01:00.0", "legacy-endpoint", `"id": "1b4b:9123", "multifunction": true, ${ON}`),
        at("01:00.1", "legacy-endpoint", `"id": "1b4b:91a4", ${ON}`),
      ].join(", "),
    ),
    kernel: ["00:01.0", "01:00.0 01:00.1"],
    byBus: ["00:01.0", "01:00.0 01:00.1"],
  },
  {
    name: "an alias of the author's, on another bus",
    devices: [
      at("00:05.0", "endpoint"),
      at("00:01.0", "root-port", `"buses": "01-01", ${ON}`, at("01:00.0", "endpoint", `"aliases": ["00:05.0"]`)),
    ].join(", "),
    kernel: ["00:01.0", "00:05.0 01:00.0"],
    byBus: ["00:01.0", "00:05.0 01:00.0"],
  },
  {
    name: "a bridge without a PCI Express capability that the kernel knows (ITE)",
    devices: at(
      "00:01.0",
      "root-port",
      `"buses": "01-02", ${ON}`,
      at("01:00.0", "pci-bridge", `"id": "1283:8892", "buses": "02-02"`, conventional),
    ),
    kernel: ["00:01.0", "01:00.0 02:01.0 02:02.0"],
    byBus: ["00:01.0", "01:00.0", "02:01.0 02:02.0"],
  },
];

describe("the groups of topologies", () => {
  for (const { name, devices, kernel, byBus } of vectors) {
    it(`are the kernel's for ${name}`, () => assert.deepEqual(groupsOf(platform(devices)), kernel));
    if (byBus)
      it(`are by bus what they should be for ${name}`, () =>
        assert.deepEqual(groupsOf(platform(devices), { algorithm: "linux-mode-b" }), byBus));
  }

  it("keep segments and host bridges apart", () => {
    const bridge = (name: string, segment: number, buses: string, devices: string): string =>
      `{ "name": "${name}", "segment": ${segment}, "buses": "${buses}", "msi": "none", "iommu": [{ "ids": "0000-ffff", "to": "iommu0" }], "devices": [${devices}] }`;
    const text = `{ "platform": "m", "iommus": [{ "name": "iommu0", "type": "vt-d" }], "pci": [
      ${bridge("a", 0, "00-3f", at("00:1c.0", "root-port", `"buses": "01-01", "multifunction": true, ${NONE}`, at("01:00.0", "endpoint")))},
      ${bridge("b", 0, "40-7f", at("40:1c.1", "root-port", `"buses": "41-41", ${NONE}`, at("41:00.0", "endpoint")))},
      ${bridge("c", 1, "00-ff", at("00:1c.1", "root-port", `"buses": "01-01", ${NONE}`, at("01:00.0", "endpoint")))}
    ] }`;
    assert.deepEqual(groupsOf(text), ["0001:00:1c.1 0001:01:00.0", "00:1c.0 01:00.0", "40:1c.1 41:00.0"]);
  });

  it("take the functions of a VMD segment to be its endpoint", () => {
    const text = platform(at("00:0e.0", "integrated-endpoint", `"id": "8086:467f"`)).replace(
      /\]\s*\}\s*$/,
      `, { "name": "vmd0", "segment": 65536, "msi": "none", "iommu": "unknown", "devices": [${at("00:00.0", "root-port", `"buses": "01-01", ${ON}`, at("01:00.0", "endpoint"))}] }] }`,
    );
    assert.deepEqual(groupsOf(text), ["00:0e.0 10000:00:00.0 10000:01:00.0"]);
  });
});

describe("the reasons of merges", () => {
  const reasons = (devices: string, algorithm: "linux-mode-a" | "linux-mode-b" = "linux-mode-a"): string[] =>
    joinsOf(iommuGroups(planOf(platform(devices)), { algorithm }));

  it("name the port that does not isolate", () => {
    assert.deepEqual(reasons(switched(ON, OFF)), ["04:00.0 joins 02:03.0, acs-path, blame 02:03.0"]);
  });

  it("name every port on the way up that does not", () => {
    const below = at(
      "01:00.0",
      "upstream-port",
      `"buses": "02-03"`,
      at("02:00.0", "downstream-port", `"buses": "03-03", ${OFF}`, at("03:00.0", "endpoint")),
    );
    assert.deepEqual(reasons(at("00:00.0", "root-port", `"buses": "01-03", ${NONE}`, below)), [
      "01:00.0 joins 00:00.0, acs-path, blame 00:00.0",
      "02:00.0 joins 01:00.0, acs-path, blame 00:00.0",
      "03:00.0 joins 02:00.0, acs-path, blame 02:00.0 00:00.0",
    ]);
  });

  it("tell the ways of merging apart", () => {
    assert.deepEqual(reasons(twoPorts), [
      "00:1c.4 joins 00:1c.0, multifunction, blame 00:1c.4 00:1c.0",
      "01:00.0 joins 00:1c.0, acs-path, blame 00:1c.0",
      "02:00.0 joins 00:1c.4, acs-path, blame 00:1c.4",
    ]);
    assert.deepEqual(reasons(at("00:1e.0", "pci-bridge", `"buses": "01-01"`, at("01:04.0", "pci-device"))), [
      "01:04.0 joins 00:1e.0, dma-alias, blame 00:1e.0",
    ]);
    assert.deepEqual(
      reasons([at("00:05.0", "endpoint", `"aliases": ["00:06.0"]`), at("00:06.0", "endpoint")].join(", ")),
      ["00:06.0 joins 00:05.0, dma-alias-quirk, blame 00:05.0"],
    );
  });

  it("are the bus's where isolation is per bus", () => {
    assert.deepEqual(reasons(switched(ON, OFF), "linux-mode-b"), [
      "02:03.0 joins 02:00.0, bus-not-isolated, blame 02:03.0",
      "03:00.0 joins 02:00.0, bus-not-isolated, blame 02:03.0",
      "04:00.0 joins 02:03.0, bus-not-isolated, blame 02:03.0",
    ]);
  });
});
