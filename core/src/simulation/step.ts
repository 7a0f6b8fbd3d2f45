// One step of a guest's life as somebody writes it: `start:d05`, `hotplug:0000:05:00.0`, `grow:2G`. Text in, step or the reason why not out.
// Knows nothing of guests, nor of what a step comes to.
import { parseSize } from "../language/literals";
import type { PciAddress } from "../pciAddress";
import { parsePciAddress, printPciAddress, printShortPciAddress } from "../pciAddress";
import { printSizeLiteral } from "../print";

/** `start` and `migrate` name a host, `hotplug` and `unplug` a PCI function of the host that the guest is on, `grow` the bytes that are added. */
export type Step =
  | { readonly kind: "start" | "migrate"; readonly host: string }
  | { readonly kind: "hotplug" | "unplug"; readonly device: PciAddress }
  | { readonly kind: "grow"; readonly size: bigint };

/** Why a text is no step, as a sentence without full stop. */
export interface StepFault {
  readonly because: string;
}

export const STEP_FORMS = "start:HOST, migrate:HOST, hotplug:BDF, unplug:BDF, grow:SIZE";

export function parseStep(text: string): Step | StepFault {
  const [, kind, operand = ""] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  switch (kind) {
    case "start":
    case "migrate":
      return operand === "" ? fault(text, `a host is missing: ${kind}:HOST`) : { kind, host: operand };
    case "hotplug":
    case "unplug": {
      const device = parsePciAddress(operand);
      return device ? { kind, device } : fault(text, `${quoted(operand)} is not a PCI address: write one such as ${kind}:0000:05:00.0`);
    }
    case "grow": {
      const size = parseSize(operand);
      if (typeof size !== "bigint") return fault(text, `${quoted(operand)} is not a size: write one such as grow:2G`);
      return size > 0n ? { kind, size } : fault(text, "nothing would be added");
    }
    default:
      return fault(text, `a step is one of ${STEP_FORMS}`);
  }
}

/** As `parseStep` reads it. */
export function printStep(step: Step): string {
  switch (step.kind) {
    case "start":
    case "migrate":
      return `${step.kind}:${step.host}`;
    case "hotplug":
    case "unplug":
      return `${step.kind}:${step.device.segment === undefined ? printShortPciAddress(step.device) : printPciAddress(step.device)}`;
    case "grow":
      return `grow:${printSizeLiteral(step.size)}`;
  }
}

function fault(text: string, why: string): StepFault {
  return { because: `${quoted(text)} is not a step: ${why}` };
}

function quoted(text: string): string {
  return `"${text}"`;
}
