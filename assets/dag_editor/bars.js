// Around the canvas: the toolbar, what can be done with the chosen part, the legend, the help.

import { ROLES } from "./document.js";
import { draw, make } from "./dom.js";
import { KEYS } from "./keys.js";

const ICONS = {
  add: "M10 4v12M4 10h12",
  undo: "M7 4 3 8l4 4M3.5 8H12a4.2 4.2 0 0 1 0 8.400H8",
  redo: "M13 4l4 4-4 4M16.5 8H8a4.2 4.2 0 0 0 0 8.400h4",
  layout: "M2.5 3h5v4h-5zM2.5 13h5v4h-5zM12.5 8h5v4h-5zM7.5 5H10v10H7.500M10 10h2.5",
  closer: "M9 3.500a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4M9 6.500v5M6.5 9h5",
  farther: "M9 3.500a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4M6.5 9h5",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  download: "M10 3v9M6 8.500l4 4 4-4M4 16.500h12",
  help: "M10 2.500a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM7.8 8a2.2 2.2 0 1 1 3.2 2c-.7.3-1 .8-1 1.500M10 14v.2",
  rename: "M4 16l.8-3.500L13 4.300l2.7 2.7-8.2 8.200zM11.3 6l2.7 2.7",
  link: "M3.5 10H16M11.5 5.5 16 10l-4.5 4.5",
  both: "M4 12c3.5-5.5 8.5-5.5 12 0M3.5 7v5h5M16.5 7v5h-5",
  reverse: "M4 7h12M13 4l3 3-3 3M16 13H4M7 10l-3 3 3 3",
  remove: "M4 6h12M8 6V4h4v2M6 6l.8 10h6.400L14 6M8.7 9v4.500M11.3 9v4.5",
};

export class Bars {
  constructor(editor) {
    this.editor = editor;
    this.view = editor.view;
  }

  button(bar, name, action, { icon = name, label = name, text = false } = {}) {
    const button = make("button", { type: "button", "data-action": name }, bar);
    const said = this.editor.word(`do_${label}`);
    button.title = said;
    button.setAttribute("aria-label", said);
    if (icon) {
      const picture = draw("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, button);
      draw("path", { d: ICONS[icon] }, picture);
    }
    if (text) make("span", {}, button, this.editor.word(`do_${label}`));
    button.addEventListener("click", action);
    return button;
  }

  buildBar() {
    this.view.bar.replaceChildren();
    this.view.bar.setAttribute("aria-label", this.editor.word("toolbar"));
    const add = (...rest) => this.button(this.view.bar, ...rest);
    const line = () => make("i", { class: "line" }, this.view.bar);
    add("add", () => this.editor.addNode(), { text: true });
    add("layout", () => this.editor.layout(), { text: true });
    line();
    this.undoButton = add("undo", () => this.editor.undo());
    this.redoButton = add("redo", () => this.editor.redo());
    line();
    add("farther", () => this.view.zoom(1 / 1.25));
    this.level = make("output", { class: "level", "aria-label": this.editor.word("zoom") }, this.view.bar);
    add("closer", () => this.view.zoom(1.25));
    add("fit", () => this.view.fit());
    make("i", { class: "rest" }, this.view.bar);
    for (const kind of ["svg", "png"]) {
      const button = add(kind, () => this.editor.download(kind), { icon: "download" });
      make("span", {}, button, kind.toUpperCase());
    }
    this.helpButton = add("help", () => this.showHelp());
    this.helpButton.setAttribute("aria-expanded", "false");
    this.buildLegend();
    this.buildHelp();
    this.view.empty.textContent = this.editor.word("empty");
    this.view.svg.setAttribute("aria-label", this.editor.word("canvas"));
    this.view.legend.setAttribute("aria-label", this.editor.word("legend"));
  }

  buildLegend() {
    this.view.legend.replaceChildren();
    for (const name of ["causal", "biasing", "suggested", "unobserved", "unbound"]) {
      const item = make("li", {}, this.view.legend);
      make("i", { class: `swatch ${name}`, "aria-hidden": "true" }, item);
      make("span", {}, item, this.editor.word(`legend_${name}`));
    }
  }

  buildHelp() {
    this.view.help.replaceChildren();
    this.view.help.setAttribute("aria-label", this.editor.word("help_title"));
    const top = make("header", {}, this.view.help);
    make("h4", {}, top, this.editor.word("help_title"));
    const close = make("button", { type: "button", class: "close" }, top, this.editor.word("close"));
    close.addEventListener("click", () => this.showHelp(false));
    make("p", {}, this.view.help, this.editor.word("help_pointer"));
    const list = make("dl", {}, this.view.help);
    for (const [keys, name] of KEYS) {
      const row = make("div", {}, list);
      make("dt", {}, row, keys);
      make("dd", {}, row, this.editor.word(`key_${name}`));
    }
  }

  renderActions() {
    const { node, edge } = this.editor.chosen ?? {};
    const item = node ? this.editor.node(node) : this.editor.edge(edge);
    const state = JSON.stringify([this.editor.chosen, item?.role, this.editor.pointer.linking?.source, this.editor.wordsSeen?.length]);
    if (state === this.actionsSeen) return;
    this.actionsSeen = state;
    const focus = this.view.actions.querySelector(":focus")?.dataset.action;
    this.view.actions.replaceChildren();
    this.view.actions.setAttribute("aria-label", this.editor.word("actions"));
    const what = this.editor.pointer.linking ? "hint_link" : "hint";
    make("strong", item && !this.editor.pointer.linking ? {} : { class: "hint" }, this.view.actions,
      item && !this.editor.pointer.linking ? this.editor.naming.nameOf(this.editor.chosen) : this.editor.word(what));
    const add = (name, action, options) => this.button(this.view.actions, name, action, options);
    if (node) {
      add("rename", () => this.editor.naming.open(node));
      add("link", () => this.editor.pointer.link(node, "directed"));
      add("both", () => this.editor.pointer.link(node, "bidirected"));
      for (const role of ROLES) {
        const button = add(role, () => this.editor.mark(role), { icon: null, text: true });
        button.prepend(make("i", { class: `swatch ${role}`, "aria-hidden": "true" }));
        button.setAttribute("aria-pressed", String(item.role === role));
      }
    } else if (edge) {
      if (item.kind !== "bidirected") add("reverse", () => this.editor.reverse(), { text: true });
      const label = item.kind === "bidirected" ? "one" : "turn_both";
      add("both", () => this.editor.turnKind(), { icon: item.kind === "bidirected" ? "link" : "both", label, text: true });
    }
    if (item) add("remove", () => this.editor.remove());
    if (focus) this.view.actions.querySelector(`[data-action="${focus}"]`)?.focus();
  }

  showHelp(open = this.view.help.hidden) {
    this.view.help.hidden = !open;
    this.helpButton.setAttribute("aria-expanded", String(open));
    if (open) this.view.help.querySelector("button").focus();
    else this.helpButton.focus();
  }
}
