// Bands, paths and the marks of findings. Knows nothing of what they mean, but how each severity looks.
import type { Severity } from "../finding";
import type { Drawn } from "./drawing";
import { draw, drawText, pixels, polyline } from "./drawing";
import { drawLabel } from "./drawBoxes";
import type { BandLayout, LinkLayout, MarkLayout, PathLayout, ShadowLayout } from "./mapLayout";

/** Bands lie under the boxes. */
export function drawBand({ link, left, right, bend: [from, to] }: BandLayout, hue: "window" | "fg" = "window"): Drawn {
  const edge = (a: number, b: number): string => {
    const middle = pixels((from + to) / 2);
    return `M${pixels(left.x)} ${pixels(a)}L${pixels(from)} ${pixels(a)}C${middle} ${pixels(a)} ${middle} ${pixels(b)} ${pixels(to)} ${pixels(b)}L${pixels(right.x)} ${pixels(b)}`;
  };
  const [upper, lower] = [edge(left.top, right.top), edge(left.bottom, right.bottom)];
  const back = `L${pixels(right.x)} ${pixels(right.bottom)}L${pixels(to)} ${pixels(right.bottom)}C${pixels((from + to) / 2)} ${pixels(right.bottom)} ${pixels((from + to) / 2)} ${pixels(left.bottom)} ${pixels(from)} ${pixels(left.bottom)}L${pixels(left.x)} ${pixels(left.bottom)}Z`;
  return draw(
    "g",
    { class: "way", "data-from": link.from.region, "data-to": link.to.region },
    draw("path", { class: `band ${hue}`, d: `${upper}${back}` }),
    draw("path", { class: `nofill ${hue} rules`, d: upper }),
    draw("path", { class: `nofill ${hue} rules`, d: lower }),
  );
}

/** A faint band with dashed edges; it lies under the boxes of hosts that stand between. */
export function drawShadow({ x, y, width, height }: ShadowLayout): Drawn {
  const edges = `M${pixels(x)} ${pixels(y)}h${pixels(width)}M${pixels(x)} ${pixels(y + height)}h${pixels(width)}`;
  return draw("g", {}, draw("rect", { class: "fg band", x, y, width, height }), draw("path", { class: "nofill fg rules dashed", d: edges }));
}

export function drawPath({ link, points, label }: PathLayout): Drawn {
  const hue = link.broken ? "error" : "doorbell";
  const [x, y] = points.at(-1) as readonly [number, number];
  const before = points.at(-2) as readonly [number, number];
  const back = before[0] < x ? -1 : 1;
  const head = [[x, y], [x + 7 * back, y - 4], [x + 7 * back, y + 4]] as const;
  const line = polyline([...points.slice(0, -1), [x + 6 * back, y]]);
  return draw(
    "g",
    { class: "way", "data-from": link.from.region, "data-to": link.to.region },
    draw("path", { class: "link-halo", d: line }),
    draw("path", { class: `${hue} link${link.broken ? " dashed" : ""}`, d: line }),
    draw("path", { class: `${hue} solid`, d: polyline(head, true) }),
    label && drawLabel(label, true),
  );
}

export function isBand(link: LinkLayout): link is BandLayout {
  return link.kind === "band";
}

/** A mark at its place, with the findings in its title. */
export function drawMark({ severity, text, findings, x, y }: MarkLayout): Drawn {
  const said = findings.map((one) => `${one.severity}: ${one.message}`).join("\n");
  return draw("g", { class: "mark", "data-findings": findings.map((one) => one.number).join(" ") }, drawText("title", {}, said), ...drawSign(severity, text, x, y));
}

/** The sign of a severity: each has an outline of its own, since hues can look the same. */
export function drawSign(severity: Severity, text: string, x: number, y: number): Drawn[] {
  const label = (style: string, below: number): Drawn => drawText("text", { class: `mark-text ${style}`, x, y: y + below }, text);
  switch (severity) {
    case "error": {
      const [a, b] = text.length > 2 ? [11, 5] : [8, 3.4];
      const corners = [[-b, -a], [b, -a], [a, -b], [a, b], [b, a], [-b, a], [-a, b], [-a, -b]] as const;
      return [draw("path", { class: "error solid", d: polyline(corners.map(([dx, dy]) => [x + dx, y + dy] as const), true) }), label("mark-error", 3.6)];
    }
    case "warning":
      return [draw("path", { class: "warning hollow", d: polyline([[x, y - 9], [x + 10, y + 8], [x - 10, y + 8]], true), "stroke-linejoin": "round" }), label("", 6)];
    default:
      return [draw("circle", { class: "ram hollow", cx: x, cy: y, r: 7.5 }), label("", 3.6)];
  }
}
