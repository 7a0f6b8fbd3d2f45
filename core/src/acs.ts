// The bits of PCIe Access Control Services, and the words for them. Knows nothing of groups.

/** Ours and the kernel's letters apart, a bit is named by two letters, in lspci's order. */
export type AcsBit = "SV" | "TB" | "RR" | "CR" | "UF" | "EC" | "DT";

export interface AcsBitFacts {
  readonly bit: AcsBit;
  /** The bit's mask in the capability and control words (PCIe base specification, ACS extended capability; domain.md 2.1). */
  readonly mask: number;
  /** lspci's word. */
  readonly lspci: string;
  readonly doc: string;
}

export const ACS_BITS: readonly AcsBitFacts[] = [
  { bit: "SV", mask: 0x01, lspci: "SrcValid", doc: "source validation: the requester's bus must lie behind this port" },
  { bit: "TB", mask: 0x02, lspci: "TransBlk", doc: "translation blocking: requests that claim to be translated already are stopped" },
  { bit: "RR", mask: 0x04, lspci: "ReqRedir", doc: "request redirect: peer-to-peer requests go up to the root complex" },
  { bit: "CR", mask: 0x08, lspci: "CmpltRedir", doc: "completion redirect: peer-to-peer completions go up to the root complex" },
  { bit: "UF", mask: 0x10, lspci: "UpstreamFwd", doc: "upstream forwarding: what a lower port redirected is forwarded up" },
  { bit: "EC", mask: 0x20, lspci: "EgressCtrl", doc: "egress control: a vector blocks single targets" },
  { bit: "DT", mask: 0x40, lspci: "DirectTrans", doc: "direct translated: translated requests may go straight to a peer" },
];

/** What Linux asks of a port before it isolates what is below it (domain.md 2.2). */
export const ISOLATING_ACS_BITS: readonly AcsBit[] = ["SV", "RR", "CR", "UF"];

/** The bits of a capability or control word. */
export function acsBitsOf(mask: number): AcsBit[] {
  return ACS_BITS.filter((facts) => (mask & facts.mask) !== 0).map((facts) => facts.bit);
}

/** Reads `"SV RR CR UF"` or lspci's words, with or without its `+` and `-`. Gives the words that are neither. */
export function parseAcsBits(text: string): { bits: AcsBit[]; unknown: string[] } {
  const bits = new Set<AcsBit>();
  const unknown: string[] = [];
  for (const word of text.split(/[\s,]+/).filter((part) => part !== "")) {
    const plain = word.replace(/[+-]$/, "");
    const facts = ACS_BITS.find((one) => one.bit === plain.toUpperCase() || one.lspci === plain);
    if (!facts) unknown.push(word);
    else if (!word.endsWith("-")) bits.add(facts.bit);
  }
  return { bits: ACS_BITS.map((facts) => facts.bit).filter((bit) => bits.has(bit)), unknown };
}
