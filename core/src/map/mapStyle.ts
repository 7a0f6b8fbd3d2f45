// The look of a map as a style sheet: roles of colour, each used in one place. A picture has literal colours for light, dark and high contrast;
// a page gives its theme's variables. Knows nothing of what is drawn.

/** What a colour means. Text is always `fg` or `dim`; a hue never carries text. */
export type ColorRole = "bg" | "fg" | "dim" | "line" | "ram" | "window" | "doorbell" | "error" | "warning" | "focus";

export interface MapPalette {
  readonly color: Readonly<Record<ColorRole, string>>;
  /** How strong a box, a device and a band are tinted, and how strong patterns are: 0 to 1. */
  readonly tint: string;
  readonly faint: string;
  readonly band: string;
  readonly pattern: string;
  /** Pixels of an outline. */
  readonly stroke: string;
}

const LIGHT: MapPalette = {
  color: { bg: "#ffffff", fg: "#3b3b3b", dim: "#5f5f5f", line: "#7a7a7a", ram: "#0063d3", window: "#652d90", doorbell: "#388a34", error: "#e51400", warning: "#bf8803", focus: "#005fb8" },
  tint: ".12", faint: ".05", band: ".07", pattern: ".45", stroke: "1",
};
const DARK: MapPalette = {
  color: { bg: "#1f1f1f", fg: "#d4d4d4", dim: "#a4a4a4", line: "#8f8f8f", ram: "#4daafc", window: "#b180d7", doorbell: "#89d185", error: "#f85149", warning: "#cca700", focus: "#0078d4" },
  tint: ".16", faint: ".06", band: ".1", pattern: ".5", stroke: "1",
};
const CONTRAST_LIGHT: MapPalette = {
  color: { bg: "#ffffff", fg: "#000000", dim: "#000000", line: "#0f4a85", ram: "#003e9e", window: "#652d90", doorbell: "#1d5a1a", error: "#b5200d", warning: "#6f4e00", focus: "#006bbd" },
  tint: "0", faint: "0", band: "0", pattern: "1", stroke: "1.5",
};
const CONTRAST_DARK: MapPalette = {
  color: { bg: "#000000", fg: "#ffffff", dim: "#ffffff", line: "#6fc3df", ram: "#59a4f9", window: "#bc8cff", doorbell: "#89d185", error: "#f88070", warning: "#ffd370", focus: "#f38518" },
  tint: "0", faint: "0", band: "0", pattern: "1", stroke: "1.5",
};

const MONO = 'ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace';
const SANS = 'system-ui,-apple-system,"Segoe UI","DejaVu Sans",Ubuntu,sans-serif';

/** The style sheet of a picture that stands by itself: light first, for viewers that know no media queries. */
export function pictureStyle(scope: string): string {
  const dark = indented(colorRules(scope, DARK));
  const more = `${indented(colorRules(scope, CONTRAST_LIGHT))}}\n@media (prefers-contrast:more) and (prefers-color-scheme:dark){\n${indented(colorRules(scope, CONTRAST_DARK))}`;
  return `\n${formRules(scope, MONO, SANS)}${colorRules(scope, LIGHT)}@media (prefers-color-scheme:dark){\n${dark}}\n@media (prefers-contrast:more){\n${more}}\n`;
}

/** The style sheet for a page whose `--pm-*` variables say the colours; `--pm-mono` and `--pm-sans` the fonts. */
export function pageStyle(scope: string): string {
  const roles = Object.keys(LIGHT.color) as ColorRole[];
  const color = Object.fromEntries(roles.map((role) => [role, `var(--pm-${role},${LIGHT.color[role]})`])) as Record<ColorRole, string>;
  const strength = { tint: "var(--pm-tint,.12)", faint: "var(--pm-faint,.05)", band: "var(--pm-band,.07)", pattern: "var(--pm-pattern,.45)", stroke: "var(--pm-stroke,1)" };
  return formRules(scope, "var(--pm-mono,monospace)", "var(--pm-sans,sans-serif)") + colorRules(scope, { color, ...strength });
}

/** Everything that no theme changes. */
function formRules(scope: string, mono: string, sans: string): string {
  return rules(scope, {
    "text": `font-family:${mono};font-size:10px`,
    ".name": "font-size:11px;font-weight:600",
    ".lane-title": `font-family:${sans};font-size:12px;font-weight:600`,
    ".lane-subtitle,.legend": `font-family:${sans};font-size:11px`,
    ".title": `font-family:${sans};font-size:15px;font-weight:600`,
    ".subtitle,.finding": `font-family:${sans};font-size:12px`,
    ".rule": `font-family:${sans};font-size:12px;font-weight:600`,
    ".mark-text": `font-family:${sans};font-size:10px;font-weight:700;text-anchor:middle`,
    ".start": "text-anchor:start",
    ".middle": "text-anchor:middle",
    ".end": "text-anchor:end",
    ".halo": "paint-order:stroke;stroke-width:3px;stroke-linejoin:round",
    ".rail": "stroke-dasharray:1 3",
    ".dotted": "stroke-dasharray:1.5 2.5",
    ".dashed": "stroke-dasharray:5 3",
    ".nofill,.link,.break": "fill:none",
    ".link": "stroke-width:2px;stroke-linejoin:round",
    ".link-halo": "fill:none;stroke-width:5px",
    ".limit": "stroke-width:2.5px",
    ".conflict-edge": "fill:none;stroke-width:2px",
  });
}

function colorRules(scope: string, { color, tint, faint, band, pattern, stroke }: MapPalette): string {
  const hues = ["ram", "window", "doorbell", "line", "fg", "error", "warning"] as const;
  const each = hues.map((hue) => [`.${hue}`, `fill:${color[hue]};stroke:${color[hue]}`] as const);
  return rules(scope, {
    ".paper": `fill:${color.bg}`,
    "text": `fill:${color.fg}`,
    ".address,.gap,.subtitle,.lane-subtitle,.legend": `fill:${color.dim}`,
    ".halo": `stroke:${color.bg}`,
    ".back": `fill:${color.bg};stroke:none`,
    ...Object.fromEntries(each),
    ".box": `fill-opacity:${tint};stroke-width:${stroke}px`,
    ".faint": `fill-opacity:${faint}`,
    ".band": `fill-opacity:${band};stroke:none`,
    ".solid": "fill-opacity:1;stroke:none",
    ".rules": `stroke-opacity:${pattern};stroke-width:1px`,
    ".hatch-line": `stroke-opacity:${pattern};stroke-width:1.4px`,
    ".cross-line": "stroke-width:1.4px",
    ".rail": `stroke:${color.line};stroke-width:1px`,
    ".break": `stroke:${color.line};stroke-width:1px`,
    ".limit": `stroke:${color.fg}`,
    ".link-halo": `stroke:${color.bg}`,
    ".mark-text": `fill:${color.fg}`,
    ".mark-error": `fill:${color.bg}`,
    ".hollow": `fill:${color.bg};stroke-width:2px`,
    ".nofill,.link,.conflict-edge": "fill:none",
  });
}

function rules(scope: string, each: Readonly<Record<string, string>>): string {
  const prefixed = (selector: string): string => selector.split(",").map((one) => `${scope} ${one}`).join(",");
  return Object.entries(each).map(([selector, body]) => `${prefixed(selector)}{${body}}\n`).join("");
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, " ");
}
