// Elements of the page. Text is set as text, so that nothing in a document can become markup. Knows nothing of maps.
import type { Drawn } from "../../../core/src/index";

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An HTML element. Attributes that are undefined or false are left out; children may be texts. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes, ...children: readonly (Node | string | undefined)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A drawing as SVG elements. Titles are left out: the page has tooltips of its own. */
export function svgOf(drawn: Drawn): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", drawn.tag);
  for (const [key, value] of Object.entries(drawn.attributes)) made.setAttribute(key, value);
  if (drawn.text !== undefined) made.textContent = drawn.text;
  made.append(...drawn.children.filter(({ tag }) => tag !== "title").map(svgOf));
  return made;
}

/** The element of the page with that id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found as T;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
