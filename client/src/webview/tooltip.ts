// The one tooltip of the page: a few lines beside the pointer, gone when it leaves. Knows nothing of what it says.
import { element } from "./elements";

export interface TooltipText {
  readonly title: string;
  readonly lines: readonly string[];
}

export class Tooltip {
  private readonly box = element("div", { class: "tooltip", role: "tooltip", id: "tooltip", hidden: true });

  constructor() {
    document.body.append(this.box);
    document.addEventListener("scroll", () => this.hide(), true);
  }

  show({ title, lines }: TooltipText, x: number, y: number): void {
    this.box.replaceChildren(element("strong", {}, title), ...lines.map((line) => element("div", {}, line)));
    this.box.hidden = false;
    const { width, height } = this.box.getBoundingClientRect();
    const left = Math.max(4, Math.min(x + 14, window.innerWidth - width - 8));
    const top = y + 16 + height > window.innerHeight ? Math.max(4, y - height - 10) : y + 16;
    // The policy of the page allows no style attributes, but scripts may set single properties.
    this.box.style.left = `${left}px`;
    this.box.style.top = `${top}px`;
  }

  hide(): void {
    this.box.hidden = true;
  }
}
