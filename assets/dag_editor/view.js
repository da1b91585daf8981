// What is seen: the canvas with its nodes and edges, where it is looked at from, what is said.

import { clamp, edgeId, refusal } from "./document.js";
import { HEIGHT, PORT, border, bounds, control, head } from "./geometry.js";
import { draw, dress, make, pictureOf, toggle } from "./dom.js";

const ZOOM = { least: 0.2, most: 3 };

export class View {
  constructor(editor, root) {
    this.editor = editor;
    this.root = root;
    this.camera = { x: 0, y: 0, k: 1 };
    this.fitted = false;
    this.nodeParts = new Map();
    this.edgeParts = new Map();
    this.widths = new Map();
    this.build();
  }

  build() {
    this.root.replaceChildren();
    this.bar = make("div", { class: "bar", role: "toolbar" }, this.root);
    this.stage = make("div", { class: "stage" }, this.root);
    this.svg = draw("svg", { class: "canvas", tabindex: "0", role: "application" }, this.stage);
    const defs = draw("defs", {}, this.svg);
    this.grid = draw("pattern", { id: "dots", width: 24, height: 24, patternUnits: "userSpaceOnUse" }, defs);
    draw("circle", { cx: 1.2, cy: 1.2, r: 1.1, class: "dot" }, this.grid);
    draw("rect", { class: "ground", width: "100%", height: "100%", fill: "url(#dots)" }, this.svg);
    this.world = draw("g", { class: "world" }, this.svg);
    this.edgeLayer = draw("g", {}, this.world);
    this.nodeLayer = draw("g", {}, this.world);
    this.draft = draw("g", { class: "draft" }, this.world);
    this.empty = make("p", { class: "empty" }, this.stage);
    this.toast = make("p", { class: "toast", hidden: "" }, this.stage);
    this.help = make("section", { class: "help", hidden: "", role: "dialog" }, this.stage);
    this.actions = make("div", { class: "bar actions", role: "toolbar" }, this.root);
    this.legend = make("ul", { class: "legend" }, this.root);
    this.live = make("p", { class: "spoken", role: "status", "aria-live": "polite" }, this.root);
    this.watcher = new ResizeObserver(() => this.fitOnce());
    this.watcher.observe(this.stage);
  }

  width(name) {
    if (!this.widths.has(name)) {
      this.pen ??= document.createElement("canvas").getContext("2d");
      this.pen.font = `600 14px ${getComputedStyle(this.root).fontFamily}`;
      let shown = name;
      while (this.pen.measureText(shown).width > 210) shown = `${[...shown].slice(0, -2).join("")}…`;
      const width = Math.max(96, Math.ceil(this.pen.measureText(shown).width) + 36);
      this.widths.set(name, { width, shown });
    }
    return this.widths.get(name).width;
  }

  box(node) {
    return { x: node.x, y: node.y, w: this.width(node.name), h: HEIGHT };
  }

  render() {
    const { x, y, k } = this.camera;
    this.world.setAttribute("transform", `translate(${x} ${y}) scale(${k})`);
    this.grid.setAttribute("patternTransform", `translate(${x} ${y}) scale(${k})`);
    this.keep(this.nodeParts, this.editor.doc.nodes, (n) => n.name, (n) => this.newNode(n));
    this.keep(this.edgeParts, this.editor.doc.edges, edgeId, (e) => this.newEdge(e));
    for (const node of this.editor.doc.nodes) this.drawNode(node);
    const boxes = this.editor.doc.nodes.map((n) => this.box(n));
    for (const edge of this.editor.doc.edges) this.drawEdge(edge, boxes);
    this.drawDraft();
    this.editor.naming.place();
    this.empty.hidden = this.editor.doc.nodes.length > 0;
    this.editor.bars.level.textContent = `${Math.round(k * 100)} %`;
    this.editor.bars.undoButton.disabled = !this.editor.past.length;
    this.editor.bars.redoButton.disabled = !this.editor.future.length;
    this.editor.bars.renderActions();
    this.root.dataset.revision = this.editor.revision;
    this.root.dataset.version = this.editor.version;
  }

  /** Keeps one element an item, so that focus and pointers survive a redraw. */
  keep(parts, items, keyOf, create) {
    const keys = new Set(items.map(keyOf));
    for (const [key, part] of parts) if (!keys.has(key)) { part.group.remove(); parts.delete(key); }
    for (const item of items) if (!parts.has(keyOf(item))) parts.set(keyOf(item), create(item));
  }

  newNode(node) {
    const group = draw("g", { class: "node", tabindex: "0", role: "button" }, this.nodeLayer);
    group.dataset.name = node.name;
    const part = { group };
    draw("title", {}, group, node.name);
    part.halo = draw("rect", { class: "halo", rx: 17 }, group);
    part.body = draw("rect", { class: "body", rx: 13 }, group);
    part.inner = draw("rect", { class: "inner", rx: 10 }, group);
    part.name = draw("text", { class: "name" }, group);
    part.role = draw("text", { class: "role", y: 14 }, group);
    part.badge = draw("g", { class: "badge" }, group);
    draw("circle", { r: 9 }, part.badge);
    part.sign = draw("text", { y: 4 }, part.badge);
    part.ports = ["right", "left", "top", "bottom"].map((side) => {
      const port = draw("g", { class: "port", "data-side": side }, group);
      draw("circle", { class: "hit", r: 14 }, port);
      draw("circle", { class: "knob", r: 5.5 }, port);
      return port;
    });
    return part;
  }

  drawNode(node) {
    const part = this.nodeParts.get(node.name);
    const width = this.width(node.name);
    const has = (flag) => Boolean(this.editor.analysis?.[flag]?.includes(node.name));
    const { group } = part;
    const size = (rect, grow) => dress(rect, {
      x: -width / 2 - grow, y: -HEIGHT / 2 - grow, width: width + 2 * grow, height: HEIGHT + 2 * grow });
    size(part.halo, 5);
    size(part.body, 0);
    size(part.inner, -3.5);
    const unbound = has("unbound");
    const suggested = has("suggested");
    const caption = node.role ? `role_${node.role}` : suggested ? "caption_suggested" : null;
    part.name.textContent = this.widths.get(node.name).shown;
    part.name.setAttribute("y", caption ? -2 : 5);
    part.role.textContent = caption ? this.editor.word(caption) : "";
    part.sign.textContent = unbound ? "!" : "+";
    part.badge.setAttribute("transform", `translate(${width / 2 - 4} ${-HEIGHT / 2 + 3})`);
    // Ports stand a little outside, so that the middle of a small node stays free for moving it.
    const [w, h] = [width / 2 + PORT, HEIGHT / 2 + PORT];
    [[w, 0], [-w, 0], [0, -h], [0, h]].forEach(([x, y], i) =>
      part.ports[i].setAttribute("transform", `translate(${x} ${y})`));
    const chosen = this.editor.chosen?.node === node.name;
    dress(group, {
      transform: `translate(${node.x} ${node.y})`, "data-role": node.role ?? "",
      "aria-label": this.editor.naming.nodeLabel(node), "aria-pressed": String(chosen) });
    toggle(group, "data-chosen", chosen);
    toggle(group, "data-suggested", suggested);
    toggle(group, "data-unbound", unbound);
    const link = this.editor.pointer.linking;
    const why = link && refusal(this.editor.doc, { ...link, target: node.name });
    toggle(group, "data-blocked", why && node.name !== link.source);
    toggle(group, "data-accept", link && !why && link.target === node.name);
    toggle(group, "data-refuse", why && link.target === node.name && node.name !== link.source);
  }

  newEdge(edge) {
    const group = draw("g", { class: "edge", tabindex: "-1", role: "button" }, this.edgeLayer);
    group.dataset.id = edgeId(edge);
    const path = (name) => draw("path", { class: name }, group);
    return { group, hit: path("hit"), line: path("stroke"), head: path("head"), tail: path("head") };
  }

  drawEdge(edge, boxes) {
    const part = this.edgeParts.get(edgeId(edge));
    const both = edge.kind === "bidirected";
    const [a, b] = [this.box(this.editor.node(edge.source)), this.box(this.editor.node(edge.target))];
    const others = boxes.filter((o) => (o.x !== a.x || o.y !== a.y) && (o.x !== b.x || o.y !== b.y));
    const c = control(a, b, others, both);
    const tip = border(b, c, 4);
    const start = border(a, c, both ? 4 : 1);
    const front = head(tip, c);
    const back = head(start, c);
    const from = both ? back.base : start;
    const line = `M${from.x} ${from.y}Q${c.x} ${c.y} ${front.base.x} ${front.base.y}`;
    part.hit.setAttribute("d", line);
    part.line.setAttribute("d", line);
    part.head.setAttribute("d", front.d);
    part.tail.setAttribute("d", both ? back.d : "");
    const paths = ["biasing", "causal"].filter((p) =>
      this.editor.analysis?.[p]?.some((e) => edgeId(e) === edgeId(edge)));
    const chosen = this.editor.chosen?.edge === edgeId(edge);
    const said = [this.editor.naming.edgeLabel(edge), ...paths.map((p) => this.editor.word(`legend_${p}`))];
    dress(part.group, {
      "data-source": edge.source, "data-target": edge.target, "data-kind": edge.kind,
      "data-path": paths[0] ?? "", "aria-label": said.join(". "), "aria-pressed": String(chosen) });
    toggle(part.group, "data-chosen", chosen);
  }

  drawDraft() {
    this.draft.replaceChildren();
    const link = this.editor.pointer.linking;
    const source = link && this.editor.node(link.source);
    if (!source) return;
    const target = link.target && link.target !== link.source ? this.editor.node(link.target) : null;
    const end = target ? this.box(target) : link.point && { ...link.point, w: 0, h: 0 };
    if (!end) return;
    const from = border(this.box(source), end, 1);
    const tip = target ? border(end, source, 4) : end;
    const front = head(tip, from);
    draw("path", { class: "stroke", d: `M${from.x} ${from.y}L${front.base.x} ${front.base.y}` }, this.draft);
    draw("path", { class: "head", d: front.d }, this.draft);
    if (link.kind === "bidirected") draw("path", { class: "head", d: head(from, tip).d }, this.draft);
    const refused = target && refusal(this.editor.doc, { ...link, target: target.name });
    toggle(this.draft, "data-refuse", refused);
    toggle(this.svg, "data-refuse", refused);
  }

  toWorld(x, y) {
    return { x: (x - this.camera.x) / this.camera.k, y: (y - this.camera.y) / this.camera.k };
  }

  local(event) {
    const box = this.svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  zoom(factor, at = { x: this.stage.clientWidth / 2, y: this.stage.clientHeight / 2 }) {
    const fixed = this.toWorld(at.x, at.y);
    const k = clamp(this.camera.k * factor, ZOOM.least, ZOOM.most);
    this.camera = { k, x: at.x - fixed.x * k, y: at.y - fixed.y * k };
    this.render();
  }

  bounds() {
    return bounds(this.editor.doc.nodes.map((n) => this.box(n)));
  }

  fit() {
    const { clientWidth: w, clientHeight: h } = this.stage;
    if (!w || !h) return false;
    if (this.editor.doc.nodes.length) {
      const b = this.bounds();
      const k = clamp(Math.min((w - 72) / b.width, (h - 84) / b.height), ZOOM.least, 1.1);
      this.camera = { k, x: w / 2 - (b.left + b.width / 2) * k, y: h / 2 - (b.top + b.height / 2) * k };
    } else this.camera = { x: 0, y: 0, k: 1 };
    this.render();
    return true;
  }

  fitOnce() {
    if (!this.fitted && this.editor.words) this.fitted = this.fit();
  }

  /** Pans just enough to bring a node into the canvas. */
  reveal(node) {
    const { x, y, k } = this.camera;
    const half = (this.width(node.name) / 2) * k + 16;
    const [px, py] = [node.x * k + x, node.y * k + y];
    const { clientWidth: w, clientHeight: h } = this.stage;
    const dx = Math.max(0, half - px) || Math.min(0, w - half - px);
    const dy = Math.max(0, 40 - py) || Math.min(0, h - 40 - py);
    if (dx || dy) { this.camera = { k, x: x + dx, y: y + dy }; this.render(); }
  }

  /** The graph as SVG text, with its size. */
  picture() {
    const around = this.editor.doc.nodes.length ? this.bounds() : { left: 0, top: 0, width: 200, height: 100 };
    const ground = getComputedStyle(this.stage).backgroundColor;
    return pictureOf(this.svg, this.world, around, this.editor.title, ground);
  }

  say(text) {
    // A repeated sentence is spoken again only if the text differs.
    this.live.textContent = text === this.live.textContent ? `${text}\u00a0` : text;
  }

  refuse(key, values) {
    const text = this.editor.word(key, values);
    this.say(text);
    this.toast.textContent = text;
    this.toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (this.toast.hidden = true), 5000);
    return false;
  }

  destroy() {
    this.watcher.disconnect();
    clearTimeout(this.toastTimer);
    this.root.replaceChildren();
  }
}
