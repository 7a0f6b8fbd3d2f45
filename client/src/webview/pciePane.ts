// The PCIe tree in the page: a row a function, coloured by IOMMU group, with ACS bits, the ports to blame, IOMMU and doorbell.
// A tree grid, so that picture and table are one. Knows nothing of the extension.
import type { FunctionShape, MapView, PcieGroup, PcieRow, PcieView } from "../../../core/src/index";
import { count, element } from "./elements";

export interface PciePaneEvents {
  chosen(row: PcieRow, takesFocus: boolean): void;
  /** Show in the map what the function can address. */
  mapWanted(row: PcieRow): void;
}

/** A form for each kind of function, in one character. */
const SIGNS: Readonly<Record<FunctionShape, string>> = {
  "host-bridge": "⬢",
  "root-port": "⊟",
  "upstream-port": "△",
  "downstream-port": "▽",
  bridge: "◩",
  endpoint: "○",
  "pci-device": "◉",
  unknown: "?",
};

const MARKS = { on: "✓", needed: "✗", off: "□", absent: "·", unknown: "?" } as const;
const MARK_WORDS = { on: "enabled", needed: "capable, off, needed", off: "capable, off, not needed", absent: "not implemented", unknown: "not known" } as const;
const BITS = ["SV", "TB", "RR", "CR", "UF", "EC", "DT"] as const;

export class PciePane {
  private view: PcieView | undefined;
  private map: MapView | undefined;
  private elements = new Map<string, HTMLTableRowElement>();
  private current: string | undefined;

  constructor(
    private readonly heading: HTMLElement,
    private readonly table: HTMLTableElement,
    private readonly details: HTMLElement,
    private readonly events: PciePaneEvents,
  ) {
    table.addEventListener("click", (event) => this.clicked(event, false));
    table.addEventListener("dblclick", (event) => this.clicked(event, true));
    table.addEventListener("keydown", (event) => this.pressed(event));
  }

  render(map: MapView): void {
    const hadFocus = this.table.contains(document.activeElement);
    const view = map.pcie;
    [this.view, this.map] = [view, map];
    this.heading.textContent = headingOf(view);
    this.elements = new Map(view.rows.map((row) => [row.id, this.rowElement(view, row)]));
    this.table.replaceChildren(headOf(), element("tbody", { role: "rowgroup" }, ...this.elements.values()));
    if (this.current === undefined || !this.elements.has(this.current)) this.current = view.rows[0]?.id;
    this.select(this.current, false);
    if (hadFocus) this.elements.get(this.current ?? "")?.focus();
  }

  clear(): void {
    this.view = undefined;
    this.heading.textContent = "";
    this.table.replaceChildren();
    this.details.replaceChildren();
  }

  /** Marks a function and its group, and tells about it below. */
  select(id: string | undefined, isShown: boolean): void {
    const row = this.view?.rows.find((one) => one.id === id);
    if (!row) return;
    this.current = row.id;
    for (const [own, made] of this.elements) {
      made.setAttribute("aria-selected", String(own === id));
      made.tabIndex = own === id ? 0 : -1;
      const group = this.view?.rows.find((one) => one.id === own)?.group;
      made.classList.toggle("same-group", group !== undefined && group === row.group);
    }
    if (isShown) this.elements.get(row.id)?.scrollIntoView({ block: "nearest" });
    this.describe(row);
  }

  private rowElement(view: PcieView, row: PcieRow): HTMLTableRowElement {
    const group = row.group === undefined ? undefined : view.groups[row.group];
    const cells = [groupCell(view, row, group), deviceCell(row), ...acsCells(row), element("td", { role: "gridcell" }, row.isolation), text(row.iommu), text(row.doorbell), text(row.verdict)];
    return element(
      "tr",
      {
        role: "row",
        "data-id": row.id,
        "aria-level": row.depth + 1,
        "aria-selected": "false",
        tabindex: -1,
        class: [group?.hue === undefined ? "" : `shared hue-${group.hue}`, row.blamedFor.length > 0 && (group?.members.length ?? 0) > 1 ? "blamed" : ""].join(" ").trim() || undefined,
      },
      ...cells,
    );
  }

  private describe(row: PcieRow): void {
    const group = row.group === undefined ? undefined : this.view?.groups[row.group];
    const reserved = (this.map?.lanes ?? []).find(({ id }) => id === row.lane);
    const button = row.lane === undefined ? undefined : element("button", { type: "button" }, "Show What It Can Address");
    button?.addEventListener("click", () => this.events.mapWanted(row));
    this.details.replaceChildren(
      element("h2", {}, [row.name, row.address].filter((part) => part !== "").join(" · ")),
      element("p", {}, [row.type, row.verdict].filter((part) => part !== "").join(": ")),
      ...(group && group.members.length > 1 ? [element("p", {}, `IOMMU group g${row.group}: ${group.members.join(", ")}`)] : []),
      list(group?.reasons ?? []),
      ...(row.blamedFor.length > 0 ? [element("p", {}, `To blame for ${row.blamedFor.join(", ")}`)] : []),
      list(row.findings.map(({ severity, rule, message }) => `${severity}: ${rule}: ${message}`)),
      ...(reserved ? [element("p", {}, `${reserved.title}: ${count(reserved.regions, "reserved region")}`)] : []),
      ...(button ? [button] : []),
    );
  }

  private clicked(event: MouseEvent, takesFocus: boolean): void {
    const row = this.rowOf(event);
    if (!row) return;
    this.select(row.id, false);
    this.events.chosen(row, takesFocus);
  }

  private pressed(event: KeyboardEvent): void {
    const row = this.rowOf(event);
    const rows = this.view?.rows ?? [];
    if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = rows.indexOf(row);
    const next = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows.at(-1), ArrowLeft: rows.slice(0, at).reverse().find(({ depth }) => depth < row.depth), ArrowRight: rows[at + 1] }[event.key];
    if (event.key === "Enter" || event.key === " ") this.events.chosen(row, event.key === "Enter");
    else if (next) {
      this.select(next.id, true);
      this.elements.get(next.id)?.focus();
    } else return;
    event.preventDefault();
  }

  private rowOf(event: Event): PcieRow | undefined {
    const id = event.target instanceof Element ? event.target.closest("tr[data-id]")?.getAttribute("data-id") : undefined;
    return this.view?.rows.find((row) => row.id === id);
  }
}

function headingOf({ rows, groups, kernel, unknown }: PcieView): string {
  const functions = rows.filter(({ shape }) => shape !== "host-bridge").length;
  const doubt = unknown.length === 0 ? "" : `. Not known: ${unknown.join("; ")}`;
  return functions === 0 ? "No PCI function is described." : `${count(functions, "function")} in ${count(groups.length, "IOMMU group")}, as ${kernel} makes them. Bold bits are those that Linux needs${doubt}`;
}

function headOf(): HTMLElement {
  const bits = BITS.map((bit) => element("th", { role: "columnheader", scope: "col", class: `bit${["SV", "RR", "CR", "UF"].includes(bit) ? " needed" : ""}` }, bit));
  const heading = (name: string): HTMLElement => element("th", { role: "columnheader", scope: "col" }, name);
  return element("thead", {}, element("tr", { role: "row" }, heading("Group"), heading("Device"), ...bits, heading("Isolates"), heading("IOMMU"), heading("Doorbell"), heading("For a guest")));
}

/** The number at the first row of a group; how many there are; and that it lies apart. */
function groupCell(view: PcieView, row: PcieRow, group: PcieGroup | undefined): HTMLElement {
  if (row.group === undefined || !group) return element("td", { role: "gridcell", class: "group" }, "");
  const isFirst = view.rows.find((one) => one.group === row.group) === row;
  const size = isFirst && group.members.length > 1 ? ` ×${group.members.length}` : "";
  return element("td", { role: "gridcell", class: "group" }, `g${row.group}${size}`);
}

function deviceCell(row: PcieRow): HTMLElement {
  const severe = row.findings.find(({ severity }) => severity === "error") ?? row.findings.find(({ severity }) => severity === "warning");
  return element(
    "td",
    { role: "gridcell", class: `device indent-${Math.min(9, row.depth)}` },
    element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[row.shape]),
    element("span", { class: "address" }, row.address),
    element("span", { class: "name" }, row.name),
    element("span", { class: "type" }, row.type),
    ...(severe ? [element("span", { class: `flag ${severe.severity}`, title: severe.message }, severe.severity)] : []),
  );
}

function acsCells(row: PcieRow): HTMLElement[] {
  if (!row.acs) return [element("td", { role: "gridcell", class: "no-acs", colspan: BITS.length }, row.shape === "host-bridge" ? "" : "no ACS capability")];
  return row.acs.map(({ bit, mark, isNeeded }) =>
    element("td", { role: "gridcell", class: `bit ${mark}${isNeeded ? " needed" : ""}` }, element("span", { "aria-hidden": "true" }, MARKS[mark]), element("span", { class: "unseen" }, `${bit} ${MARK_WORDS[mark]}`)),
  );
}

function text(said: string): HTMLElement {
  return element("td", { role: "gridcell" }, said);
}

function list(lines: readonly string[]): HTMLElement {
  return element("ul", { hidden: lines.length === 0 }, ...lines.map((line) => element("li", {}, line)));
}
