// What nodes and edges are called: a name typed in place, and the labels that are spoken.

import { clamp, withName } from "./document.js";
import { make } from "./dom.js";

export class Naming {
  constructor(editor) {
    this.editor = editor;
    this.view = editor.view;
    this.now = null; // {name, fresh, input} while a name is being typed
  }

  open(name, fresh = false) {
    const node = this.editor.node(name);
    if (!node) return;
    this.close();
    const input = make("input", { class: "rename", maxlength: "80", "aria-label": this.editor.word("rename_label", { name }) }, this.view.stage);
    input.value = name;
    this.now = { name, fresh, input };
    this.place();
    input.focus({ preventScroll: true });
    input.select();
    input.addEventListener("blur", () => this.now?.input === input && this.finish(true));
    input.addEventListener("input", () => input.removeAttribute("aria-invalid"));
    input.addEventListener("keydown", (e) => {
      e.stopPropagation();
      if (e.isComposing) return; // an input method is still choosing its characters
      if (e.key === "Enter") this.finish(false);
      if (e.key === "Escape") { this.close(); this.editor.choose({ node: name }); }
    });
  }

  place() {
    if (!this.now) return;
    const node = this.editor.node(this.now.name);
    const { x, y, k } = this.view.camera;
    const width = Math.max(150, this.view.width(node.name) * k);
    const style = this.now.input.style;
    style.left = `${clamp(node.x * k + x - width / 2, 4, Math.max(4, this.view.stage.clientWidth - width - 4))}px`;
    style.top = `${node.y * k + y - 19}px`;
    style.width = `${width}px`;
  }

  close() {
    const open = this.now;
    this.now = null; // before removal: removing a focused input fires its blur
    open?.input.remove();
  }

  finish(leaving) {
    const { name, fresh, input } = this.now;
    // Control characters would break the identity of edges and every text format.
    const wanted = input.value.replace(/[\u0000-\u001f\u007f]/g, " ").trim();
    const taken = wanted !== name && this.editor.node(wanted);
    if (taken && !leaving) {
      input.setAttribute("aria-invalid", "true");
      this.view.refuse("refuse_name", { name: wanted });
      return;
    }
    this.close();
    if (!wanted || taken || wanted === name) {
      if (!leaving) this.editor.choose({ node: name });
      return;
    }
    const focus = !leaving || this.editor.chosen?.node === name;
    this.editor.commit(withName(this.editor.doc, name, wanted), { quiet: fresh }); // naming a new node is part of making it
    if (focus) this.editor.choose({ node: wanted }, !leaving);
    this.view.say(this.editor.word("said_renamed", { old: name, name: wanted }));
  }

  nameOf(item) {
    return item.node ?? this.edgeLabel(this.editor.edge(item.edge));
  }


  edgeLabel({ source, target, kind }) {
    return this.editor.word(kind === "bidirected" ? "label_both" : "label_edge", { source, target });
  }


  nodeLabel(node) {
    const list = (ends) => ends.join(", ") || this.editor.word("none");
    const edges = this.editor.doc.edges.filter((e) => e.kind !== "bidirected");
    const parts = [node.name];
    if (node.role) parts.push(this.editor.word(`role_${node.role}`));
    for (const flag of ["suggested", "unbound"])
      if (this.editor.analysis?.[flag]?.includes(node.name)) parts.push(this.editor.word(`legend_${flag}`));
    parts.push(this.editor.word("label_node", {
      causes: list(edges.filter((e) => e.target === node.name).map((e) => e.source)),
      effects: list(edges.filter((e) => e.source === node.name).map((e) => e.target)),
    }));
    return parts.join(". ");
  }
}
