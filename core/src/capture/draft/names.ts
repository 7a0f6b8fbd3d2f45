// Names for entries of a draft: valid in the language and unique in the document. Knows nothing of what is named.
import { acpiName } from "./acpiDevices";

/** Hands out names once each. The same questions in the same order give the same names. */
export class Names {
  private readonly taken = new Set<string>();
  private readonly counts = new Map<string, number>();

  /** The stem itself; where that is taken, the stem with the address; where that is taken too, with a number. */
  unique(stem: string, base: bigint): string {
    const plain = validName(stem);
    const placed = `${plain}-${base.toString(16)}`;
    const name = [plain, placed].find((one) => !this.taken.has(one)) ?? this.numbered(placed);
    this.taken.add(name);
    return name;
  }

  /** `ram0`, `ram1`, … */
  counted(stem: string): string {
    let number = this.counts.get(stem) ?? 0;
    while (this.taken.has(`${stem}${number}`)) number++;
    this.counts.set(stem, number + 1);
    this.taken.add(`${stem}${number}`);
    return `${stem}${number}`;
  }

  private numbered(stem: string): string {
    let number = this.counts.get(`${stem}-`) ?? 2;
    while (this.taken.has(`${stem}-${number}`)) number++;
    this.counts.set(`${stem}-`, number + 1);
    return `${stem}-${number}`;
  }
}

/** Letters, digits, `_` and `-`, beginning with a letter or `_`; dots go, so that no name ends like a property. */
export function validName(text: string): string {
  const plain = text
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  if (plain === "") return "unnamed";
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

/**
 * A name for a resource from what the kernel calls it: `HPET 0` is hpet0, `9000000.pl011 pl011@9000000` is pl011,
 * `3f100000.watchdog asb` is asb, `ARMH0011:00` is uart0, `GICD` is gicd.
 */
export function stemOf(labels: readonly string[]): string {
  const [first = "unnamed"] = labels;
  const node = labels.join(" ").match(/([\w,.+-]+)@[0-9a-f]+/i)?.[1];
  if (node) return node.replace(/^.*,/, "").toLowerCase();
  const acpi = acpiName(first);
  if (acpi) return acpi;
  const words = first.split(" ");
  const counted = /^([A-Za-z][A-Za-z ]*?) ?(\d+)$/.exec(first);
  if (counted) return `${(counted[1] ?? "").replaceAll(" ", "-")}${counted[2]}`.toLowerCase();
  const platform = words.length > 1 && /^[0-9a-f]+\./i.test(words[0] ?? "") ? words.slice(1).join("-") : first;
  return platform.replace(/^[0-9a-f]+\.(?=[a-z])/i, "").toLowerCase();
}
