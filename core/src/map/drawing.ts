// A picture as plain data: elements of SVG that a page makes with createElementNS, or that are written as text. Numbers have one decimal,
// so that the same picture is the same bytes. Knows nothing of what is drawn.
import { shownText } from "./mapText";

export interface Drawn {
  readonly tag: "svg" | "g" | "rect" | "path" | "line" | "text" | "circle" | "title" | "desc" | "defs" | "pattern" | "style";
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Drawn[];
  readonly text?: string;
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element. Attributes that are undefined are left out. */
export function draw(tag: Drawn["tag"], attributes: Attributes, ...children: readonly (Drawn | undefined)[]): Drawn {
  const written = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [[key, typeof value === "number" ? pixels(value) : shownText(value)]]));
  return { tag, attributes: Object.fromEntries(written) as Record<string, string>, children: children.filter((one) => one !== undefined) };
}

/** An element that holds text, which is data and never markup. */
export function drawText(tag: "text" | "title" | "desc", attributes: Attributes, text: string): Drawn {
  return { ...draw(tag, attributes), text: shownText(text) };
}

/** One decimal: less cannot be seen. */
export function pixels(value: number): string {
  return String(Math.round(value * 10) / 10 || 0);
}

/** `d` of a path through corners. */
export function polyline(points: readonly (readonly [number, number])[], closed = false): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${pixels(x)} ${pixels(y)}`).join("") + (closed ? "Z" : "");
}

/** The picture as text. `style` is written as it is: it comes from us. */
export function printDrawn(one: Drawn, indent = ""): string {
  const attributes = Object.entries(one.attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join("");
  const open = `${indent}<${one.tag}${attributes}`;
  if (one.text !== undefined) return `${open}>${one.tag === "style" ? one.text : escapeXml(one.text)}</${one.tag}>\n`;
  if (one.children.length === 0) return `${open}/>\n`;
  return `${open}>\n${one.children.map((child) => printDrawn(child, `${indent} `)).join("")}${indent}</${one.tag}>\n`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
