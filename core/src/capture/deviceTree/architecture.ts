// Which architecture a device tree is for, from its processors. Knows nothing else.
import type { SystemFacts } from "../systemFacts";
import { textOf, textsOf } from "./properties";
import type { TreeContext } from "./treeContext";

/** Arm's processors that have no 64-bit state (arm,cpus.yaml). */
const ARM32 = [
  /^arm,(arm(7|9|1)|cortex-a(5|7|8|9|12|15|17|32)$|cortex-[mr])/,
  /^(marvell,(pj4|sheeva|xscale)|qcom,(krait|scorpion)|brcm,brahma-b15)/,
];
/** Vendors of 64-bit Arm processors. */
const ARM64 = /^(arm|ampere|apm|apple|brcm|cavium|fsl|hisilicon|marvell|nvidia|phytium|qcom|samsung),/;

/** Undefined where the processors are not told, or are of an architecture that the language has no word for. */
export function architectureOf(context: TreeContext): SystemFacts["arch"] {
  const processors = context.nodes.filter((node) => textOf(node, "device_type") === "cpu");
  const compatibles = processors.flatMap((node) => textsOf(node, "compatible")).filter((text) => text !== "");
  const isa = processors.map((node) => textOf(node, "riscv,isa-base") ?? textOf(node, "riscv,isa"));
  if (compatibles.includes("riscv")) return isa.some((text) => text?.startsWith("rv64")) ? "riscv64" : undefined;
  if (compatibles.some((text) => text.startsWith("loongson,la"))) return "loongarch64";
  if (compatibles.length === 0 || compatibles.some((text) => ARM32.some((one) => one.test(text)))) return undefined;
  return compatibles.every((text) => ARM64.test(text)) ? "arm64" : undefined;
}
