// What the documents say of PCI functions, held against lspci's text from the same machines. lspci reads the registers
// itself; its words are picked out here with expressions of the test's own.
import assert from "node:assert/strict";
import { captureDocument, capturedText, captureNames, functionAt, functionsOf, span, valueOf } from "./captures";

interface Listed {
  readonly at: string;
  readonly head: string;
  readonly body: string;
}

function listed(name: string): Listed[] {
  const sections = capturedText(name, "lspci.txt").split(/^(?=[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] )/m);
  return sections
    .filter((section) => /^[0-9a-f]{2}:/.test(section))
    .map((section) => ({ at: section.slice(0, 7), head: section.split("\n")[0] ?? "", body: section }));
}

function all(body: string, expression: RegExp): string[][] {
  return [...body.matchAll(expression)].map((match) => match.slice(1).map((part) => part ?? ""));
}

const withPci = captureNames.filter((name) => listed(name).length > 0);

describe("the document and lspci agree", () => {
  it("on 32 machines with PCI", () => assert.equal(withPci.length, 32));

  for (const name of withPci) {
    describe(name, () => {
      it("on which functions there are", () => {
        const ours = functionsOf(captureDocument(name)).map(({ entry }) => entry.at);
        assert.deepEqual(
          ours.sort(),
          listed(name)
            .map(({ at }) => at)
            .sort(),
        );
      });

      it("on ids, classes and kinds of ports", () => {
        for (const { at, head, body } of listed(name)) {
          const entry = functionAt(captureDocument(name), at);
          assert.equal(entry.class, /\[([0-9a-f]{4})\]:/.exec(head)?.[1], at);
          assert.equal(entry.id, /\[([0-9a-f]{4}:[0-9a-f]{4})\]/.exec(head)?.[1], at);
          assert.equal(entry.type, kindOf(body), at);
        }
      });

      it("on the buses and windows of bridges", () => {
        for (const { at, body } of listed(name)) {
          const entry = functionAt(captureDocument(name), at);
          const buses = /secondary=(\w\w), subordinate=(\w\w)/.exec(body);
          assert.equal(entry.buses, buses ? `${buses[1]}-${buses[2]}` : undefined, at);
          if (!buses) continue;
          assert.ok(Array.isArray(entry.windows));
          const ours = entry.windows.map((window) => `${window.type} ${span(window.bus, window.size)}`);
          assert.deepEqual(ours.sort(), windowsOf(body).sort(), at);
        }
      });

      it("on where BARs lie and what they decode", () => {
        for (const { at, body } of listed(name)) {
          const bars = functionAt(captureDocument(name), at).bars ?? [];
          assert.ok(Array.isArray(bars));
          const ours = bars
            .filter((bar) => bar.bar < 6 && bar.base !== undefined)
            .map((bar) => `${bar.bar} ${bar.type} ${valueOf(bar.base).toString(16)}`);
          assert.deepEqual(ours, regionsOf(body, capturedText(name, "proc/ioports").includes(`0000:${at}`)), at);
        }
      });

      it("on ACS, bit by bit", () => {
        for (const { at, body } of listed(name)) {
          const { acs } = functionAt(captureDocument(name), at);
          const said = [/ACSCap:\s*(.*)/.exec(body)?.[1], /ACSCtl:\s*(.*)/.exec(body)?.[1]].map(
            (words) => words && letters(words),
          );
          assert.deepEqual(typeof acs === "object" ? [acs.capable, acs.enabled] : [undefined, undefined], said, at);
        }
      });

      it("on MSI and MSI-X", () => {
        for (const { at, body } of listed(name)) {
          const { msi } = functionAt(captureDocument(name), at);
          const msix = /MSI-X: .*Count=(\d+)/.exec(body)?.[1];
          const plain = /MSI: Enable. Count=\d+\/(\d+) .*64bit(.)/.exec(body);
          if (msix) assert.deepEqual(msi, { address64: true, vectors: Number(msix), msix: true }, at);
          else if (plain) assert.deepEqual(msi, { address64: plain[2] === "+", vectors: Number(plain[1]) }, at);
          else assert.equal(msi, undefined, at);
        }
      });
    });
  }
});

function kindOf(body: string): string {
  const express = /\] Express \(v\d\) (.*?)(?: \(Slot.\))?, /.exec(body)?.[1];
  const bridge = body.includes("primary=");
  if (express === undefined) return bridge ? "pci-bridge" : "pci-device";
  const kinds: Readonly<Record<string, string>> = {
    "Root Port": "root-port",
    "Upstream Port": "upstream-port",
    "Downstream Port": "downstream-port",
    Endpoint: "endpoint",
    "Root Complex Integrated Endpoint": "integrated-endpoint",
    "PCI-Express to PCI/PCI-X Bridge": "pcie-to-pci-bridge",
  };
  return kinds[express] ?? `not known to the test: ${express}`;
}

function windowsOf(body: string): string[] {
  return all(
    body,
    /^\t(I\/O|Memory|Prefetchable memory) behind bridge: ([0-9a-f]+)-([0-9a-f]+) \[size=\w+\] \[(\d\d)-bit\]/gm,
  ).map(([kind, base, last, bits]) => {
    const type = kind === "I/O" ? "io" : kind === "Memory" ? "mem32" : `mem${bits}-prefetchable`;
    return `${type} ${BigInt(`0x${base}`).toString(16)}-${BigInt(`0x${last}`).toString(16)}`;
  });
}

/**
 * Regions that have an address. A function whose I/O decoding is off shows "[disabled]": the number in the register
 * counts only if the kernel placed the range, which /proc/ioports tells.
 */
function regionsOf(body: string, hasPorts: boolean): string[] {
  return all(
    body,
    /^\tRegion (\d): (Memory|I\/O ports) at ([0-9a-f]+)(?: \((\d\d)-bit, (non-)?prefetchable\))?( \[disabled\])?/gm,
  )
    .filter(([, , , , , disabled]) => disabled === "" || hasPorts)
    .map(([number, kind, base, bits, non]) => {
      const type = kind === "Memory" ? `mem${bits}${non === "" ? "-prefetchable" : ""}` : "io";
      return `${number} ${type} ${BigInt(`0x${base}`).toString(16)}`;
    });
}

function letters(words: string): string {
  const short: Readonly<Record<string, string>> = {
    SrcValid: "SV",
    TransBlk: "TB",
    ReqRedir: "RR",
    CmpltRedir: "CR",
    UpstreamFwd: "UF",
    EgressCtrl: "EC",
    DirectTrans: "DT",
  };
  return all(words, /(\w+)\+/g)
    .map(([word]) => short[word ?? ""] ?? "?")
    .join(" ");
}
