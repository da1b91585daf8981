// The graph editor: a DAG drawn as SVG inside a Streamlit component. No library.
//
// Python owns the words, the analysis and the `version`; the browser owns the document while it is
// being edited and counts its `revision`. The browser takes Python's document only when Python's
// version is newer, and paints an analysis only when it is of the revision on screen, so no echo of
// an old state can overwrite a new one. Nothing is sent on mount: only a person's edit is an event.

const SVG = "http://www.w3.org/2000/svg";
const ROLES = ["treatment", "outcome", "adjusted", "unobserved", "instrument"];
const ALONE = ["treatment", "outcome"]; // roles that one node at most can have
const HEIGHT = 46;
const PORT = 7; // from a node's border to the middle of its ports
const MOVED = 5; // px before a press becomes a drag
const DOUBLE = 400; // ms between the two taps of a double tap
const ZOOM = { least: 0.2, most: 3 };
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
const KEYS = [
  ["N", "add"], ["F2 / Enter", "rename"], ["E", "link"], ["B", "both"], ["R", "reverse"],
  ["Delete", "remove"], ["T O A U I", "roles"], ["Tab ← ↑ → ↓", "walk"], ["J", "edges"],
  ["Shift + ← ↑ → ↓", "move"], ["Ctrl + Z", "undo"], ["Ctrl + Y", "redo"], ["L", "layout"],
  ["+ −", "zoom"], ["0", "fit"], ["Esc", "cancel"], ["?", "help"],
];

// ---------------------------------------------------------------- the document, without a screen

const clone = (value) => JSON.parse(JSON.stringify(value));
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const edgeId = ({ source, target, kind }) =>
  kind === "bidirected" ? [source, target].sort().join("\u0001↔") : `${source}\u0001→${target}`;

/** The shortest directed path between two nodes as a list of names, or null. */
function route(doc, from, to) {
  const before = new Map([[from, null]]);
  for (const name of before.keys()) {
    if (name === to) {
      const path = [];
      for (let at = to; at !== null; at = before.get(at)) path.unshift(at);
      return path;
    }
    for (const edge of doc.edges)
      if (edge.kind !== "bidirected" && edge.source === name && !before.has(edge.target))
        before.set(edge.target, name);
  }
  return null;
}

/** Why an edge cannot be drawn: a word and its values, or null when it can. */
function refusal(doc, edge) {
  if (edge.source === edge.target) return ["refuse_self", { name: edge.source }];
  if (doc.edges.some((other) => edgeId(other) === edgeId(edge)))
    return ["refuse_twice", { source: edge.source, target: edge.target }];
  const back = edge.kind !== "bidirected" && route(doc, edge.target, edge.source);
  return back ? ["refuse_cycle", { path: [edge.source, ...back].join(" → ") }] : null;
}

/** Shifts ordered positions as little as possible so that neighbours keep their distance. */
function spread(wanted, gaps) {
  const offsets = [0];
  for (let i = 1; i < wanted.length; i++) offsets[i] = offsets[i - 1] + gaps[i - 1];
  const blocks = []; // pool adjacent violators: exact least squares under the order
  wanted.forEach((y, i) => {
    blocks.push({ sum: y - offsets[i], n: 1 });
    while (blocks.length > 1) {
      const [a, b] = blocks.slice(-2);
      if (a.sum / a.n <= b.sum / b.n) break;
      blocks.splice(-2, 2, { sum: a.sum + b.sum, n: a.n + b.n });
    }
  });
  return blocks.flatMap((b) => Array(b.n).fill(b.sum / b.n)).map((y, i) => y + offsets[i]);
}

/** Layers by longest path, each node pulled as close to its first effect as it may stand. */
function layersOf(doc, edges) {
  const layer = new Map(doc.nodes.map((n) => [n.name, 0]));
  for (let round = 0; round < doc.nodes.length; round++)
    for (const e of edges)
      layer.set(e.target, Math.max(layer.get(e.target), layer.get(e.source) + 1));
  for (let round = 0; round < doc.nodes.length; round++)
    for (const { name } of doc.nodes) {
      const next = edges.filter((e) => e.source === name).map((e) => layer.get(e.target) - 1);
      if (next.length) layer.set(name, Math.max(layer.get(name), Math.min(...next)));
    }
  return layer;
}

/** A layered layout, left to right or downwards: Map of name to {x, y}, the nodes' centres. */
function layered(doc, widthOf, down, aspect) {
  const edges = doc.edges.filter((e) => e.kind !== "bidirected");
  const layer = layersOf(doc, edges);
  const columns = [];
  const put = (name, at, real) => (columns[at] ??= []).push({ name, real, y: 0 });
  doc.nodes.forEach(({ name }) => put(name, layer.get(name), true));
  const links = []; // an edge over several layers passes a stand-in node in each
  edges.forEach((e, i) => {
    let from = e.source;
    for (let at = layer.get(e.source) + 1; at < layer.get(e.target); at++) {
      put(`\u0002${i}:${at}`, at, false);
      links.push([from, (from = `\u0002${i}:${at}`)]);
    }
    links.push([from, e.target]);
  });
  for (let at = 0; at < columns.length; at++) columns[at] ??= [];
  const cells = new Map(columns.flat().map((cell) => [cell.name, cell]));
  const around = new Map([...cells.keys()].map((name) => [name, [[], []]]));
  for (const [a, b] of links) {
    around.get(a)[1].push(cells.get(b));
    around.get(b)[0].push(cells.get(a));
  }
  const half = (cell) => (!cell.real ? 4 : (down ? widthOf(cell.name) : HEIGHT + 16) / 2);
  const gap = (a, b) => half(a) + half(b) + 28;
  const settle = (column, wish) => {
    const gaps = column.slice(1).map((cell, i) => gap(column[i], cell));
    spread(wish, gaps).forEach((y, i) => (column[i].y = y));
  };
  const mean = (list, otherwise) =>
    list.length ? list.reduce((sum, c) => sum + c.y, 0) / list.length : otherwise;
  columns.forEach((column) => settle(column, column.map((_, i) => i - (column.length - 1) / 2)));
  for (let sweep = 0; sweep < 12; sweep++) {
    const side = sweep % 2;
    for (const column of side ? [...columns].reverse() : columns) {
      const wish = new Map(column.map((c) => [c, mean(around.get(c.name)[side], c.y)]));
      column.sort((a, b) => wish.get(a) - wish.get(b));
      settle(column, column.map((c) => wish.get(c)));
    }
  }
  for (const column of [...columns].reverse())
    settle(column, column.map((c) => mean(around.get(c.name).flat(), c.y)));
  const places = new Map();
  const depths = columns.map((column) => down ? HEIGHT
    : Math.max(60, ...column.filter((c) => c.real).map((c) => widthOf(c.name))));
  const across = [...cells.values()].map((c) => c.y);
  const wide = Math.max(...across) - Math.min(...across) + HEIGHT;
  const spare = wide * aspect - depths.reduce((sum, depth) => sum + depth, 0);
  const between = down ? 62 : clamp(spare / Math.max(1, columns.length - 1), 96, 220);
  let along = 0;
  columns.forEach((column, i) => {
    for (const c of column.filter((cell) => cell.real))
      places.set(c.name, down ? { x: c.y, y: along } : { x: along + depths[i] / 2, y: c.y });
    along += depths[i] + between;
  });
  return places;
}

// ---------------------------------------------------------------------------------- geometry

/** Where the ray from a box's centre towards a point leaves the box (grown by `margin`). */
function border(box, point, margin) {
  const dx = point.x - box.x || 1e-6;
  const dy = point.y - box.y || 1e-6;
  const scale = Math.min(
    (box.w / 2 + margin) / Math.abs(dx), (box.h / 2 + margin) / Math.abs(dy), 1);
  return { x: box.x + dx * scale, y: box.y + dy * scale };
}

const curve = (a, c, b, t) => ({
  x: (1 - t) ** 2 * a.x + 2 * t * (1 - t) * c.x + t ** 2 * b.x,
  y: (1 - t) ** 2 * a.y + 2 * t * (1 - t) * c.y + t ** 2 * b.y,
});
const inside = (box, p, margin) =>
  Math.abs(p.x - box.x) < box.w / 2 + margin && Math.abs(p.y - box.y) < box.h / 2 + margin;

/** The middle control point of an edge: straight where free, else bent around other nodes. */
function control(a, b, others, bidirected) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = Math.hypot(dx, dy) || 1;
  const at = (bend) => ({
    x: (a.x + b.x) / 2 - (dy / length) * bend, y: (a.y + b.y) / 2 + (dx / length) * bend });
  const step = Math.max(56, length * 0.22);
  const bends = bidirected ? [-1, 1, -2, 2, -3, 3, -4, 4] : [0, -1, 1, -2, 2, -3, 3, -4, 4];
  const free = (c) => [0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88].every((t) => {
    const p = curve(a, c, b, t);
    return others.every((box) => !inside(box, p, 7));
  });
  return at(bends.find((bend) => free(at(bend * step))) * step || bends[0] * step);
}

/** A filled arrow head at a tip, its base where the line must end. */
function head(tip, from) {
  const angle = Math.atan2(tip.y - from.y, tip.x - from.x);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const at = (x, y) => `${(tip.x + x * cos - y * sin).toFixed(1)} ${(tip.y + x * sin + y * cos).toFixed(1)}`;
  return { d: `M${at(0, 0)}L${at(-12, -5.5)}L${at(-9.5, 0)}L${at(-12, 5.5)}Z`, base: { x: tip.x - 9 * cos, y: tip.y - 9 * sin } };
}

// -------------------------------------------------------------------------------- small DOM

function make(tag, attributes = {}, parent = null, text = null) {
  const node = document.createElement(tag);
  return dress(node, attributes, parent, text);
}
function draw(tag, attributes = {}, parent = null, text = null) {
  return dress(document.createElementNS(SVG, tag), attributes, parent, text);
}
function dress(node, attributes, parent = null, text = null) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== null) node.textContent = text; // names are text, never markup
  if (parent) parent.append(node);
  return node;
}
function toggle(node, name, on) {
  if (on) node.setAttribute(name, "");
  else node.removeAttribute(name);
}
function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// -------------------------------------------------------------------------------- the editor

const editors = new WeakMap();
const keptById = (globalThis.causalrecEditors ??= new Map());

class Editor {
  constructor(root) {
    this.root = root;
    this.doc = { nodes: [], edges: [] };
    this.version = -1;
    this.revision = 0;
    this.analysis = null;
    this.past = [];
    this.future = [];
    this.chosen = null; // {node: name} or {edge: id}
    this.view = { x: 0, y: 0, k: 1 };
    this.fitted = false;
    this.pointers = new Map();
    this.gesture = null;
    this.linking = null; // an edge being drawn: {source, kind, target?, point?}
    this.renaming = null;
    this.lastTap = null;
    this.nodeParts = new Map();
    this.edgeParts = new Map();
    this.widths = new Map();
    this.build();
  }

  word(key, values = {}) {
    const text = this.words?.[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  // ---- construction

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
    this.listen();
    this.watcher = new ResizeObserver(() => this.fitOnce());
    this.watcher.observe(this.stage);
  }

  listen() {
    const on = (name, handler, options) => this.svg.addEventListener(name, handler, options);
    on("pointerdown", (e) => this.press(e));
    on("pointermove", (e) => this.drag(e));
    on("pointerup", (e) => this.release(e));
    on("pointercancel", (e) => this.release(e, true));
    on("wheel", (e) => this.wheel(e), { passive: false });
    on("focusin", (e) => this.focused(e));
    on("contextmenu", (e) => this.gesture && e.preventDefault());
    this.root.addEventListener("keydown", (e) => this.key(e));
    // Streamlit listens for R and C on the page; keys typed in the editor are the editor's.
    for (const name of ["keyup", "keypress"])
      this.root.addEventListener(name, (e) => e.stopPropagation());
  }

  button(bar, name, action, { icon = name, label = name, text = false } = {}) {
    const button = make("button", { type: "button", "data-action": name }, bar);
    const said = this.word(`do_${label}`);
    button.title = said;
    button.setAttribute("aria-label", said);
    if (icon) {
      const picture = draw("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, button);
      draw("path", { d: ICONS[icon] }, picture);
    }
    if (text) make("span", {}, button, this.word(`do_${label}`));
    button.addEventListener("click", action);
    return button;
  }

  buildBar() {
    this.bar.replaceChildren();
    this.bar.setAttribute("aria-label", this.word("toolbar"));
    const add = (...rest) => this.button(this.bar, ...rest);
    const line = () => make("i", { class: "line" }, this.bar);
    add("add", () => this.addNode(), { text: true });
    add("layout", () => this.layout(), { text: true });
    line();
    this.undoButton = add("undo", () => this.undo());
    this.redoButton = add("redo", () => this.redo());
    line();
    add("farther", () => this.zoom(1 / 1.25));
    this.level = make("output", { class: "level", "aria-label": this.word("zoom") }, this.bar);
    add("closer", () => this.zoom(1.25));
    add("fit", () => this.fit());
    make("i", { class: "rest" }, this.bar);
    for (const kind of ["svg", "png"]) {
      const button = add(kind, () => this.download(kind), { icon: "download" });
      make("span", {}, button, kind.toUpperCase());
    }
    this.helpButton = add("help", () => this.showHelp());
    this.helpButton.setAttribute("aria-expanded", "false");
    this.buildLegend();
    this.buildHelp();
    this.empty.textContent = this.word("empty");
    this.svg.setAttribute("aria-label", this.word("canvas"));
    this.legend.setAttribute("aria-label", this.word("legend"));
  }

  buildLegend() {
    this.legend.replaceChildren();
    for (const name of ["causal", "biasing", "suggested", "unobserved", "unbound"]) {
      const item = make("li", {}, this.legend);
      make("i", { class: `swatch ${name}`, "aria-hidden": "true" }, item);
      make("span", {}, item, this.word(`legend_${name}`));
    }
  }

  buildHelp() {
    this.help.replaceChildren();
    this.help.setAttribute("aria-label", this.word("help_title"));
    const top = make("header", {}, this.help);
    make("h4", {}, top, this.word("help_title"));
    const close = make("button", { type: "button", class: "close" }, top, this.word("close"));
    close.addEventListener("click", () => this.showHelp(false));
    make("p", {}, this.help, this.word("help_pointer"));
    const list = make("dl", {}, this.help);
    for (const [keys, name] of KEYS) {
      const row = make("div", {}, list);
      make("dt", {}, row, keys);
      make("dd", {}, row, this.word(`key_${name}`));
    }
  }

  // ---- what Python sends

  update({ data, setStateValue }) {
    this.send = (value) => setStateValue("graph", value);
    this.title = data.name || "graph";
    this.stage.style.setProperty("--stage", `${data.height ?? 520}px`);
    const words = JSON.stringify(data.words);
    if (words !== this.wordsSeen) {
      this.wordsSeen = words;
      this.words = data.words;
      this.buildBar();
    }
    this.id = data.id;
    if (this.version < 0) this.resume(data);
    if (data.version > this.version) this.take(data);
    if (data.analysis && data.analysis.revision === this.revision && data.version === this.version)
      this.analysis = data.analysis;
    this.render();
    this.root.dataset.id = data.id;
    this.root.dataset.analysed = this.analysis ? this.analysis.revision : "";
  }

  /** Streamlit may unmount and mount again at any time: the history then goes on where it was. */
  resume(data) {
    const kept = keptById.get(data.id);
    if (!kept || kept.version !== data.version || kept.revision < data.revision) return false;
    Object.assign(this, kept);
    return true;
  }

  take(data) {
    const names = (doc) => doc.nodes.map((n) => n.name).sort().join("\u0001");
    const first = this.version < 0;
    const same = names(this.doc) === names(data.document);
    if (!first) {
      this.past.push(this.doc); // what Python brings (an import, a binding) can be undone too
      this.future = [];
    }
    this.cancel();
    this.doc = clone(data.document);
    this.version = data.version;
    this.revision = data.revision;
    this.analysis = null;
    if (this.doc.nodes.some((n) => n.x === null || n.y === null)) this.place();
    if (!this.known(this.chosen)) this.chosen = null;
    if (!same) this.fitted = false;
    this.fitOnce();
  }

  // ---- edits: each makes a new document, remembers the old one, and tells Python

  commit(doc, { quiet = false } = {}) {
    if (!quiet) {
      this.past.push(this.doc);
      if (this.past.length > 200) this.past.shift();
      this.future = [];
    }
    this.doc = doc;
    this.changed();
  }

  changed() {
    this.revision += 1;
    if (!this.known(this.chosen)) this.chosen = null;
    this.render();
    this.send?.({ version: this.version, revision: this.revision, document: this.doc });
  }

  known(item) {
    if (!item) return false;
    return "node" in item ? Boolean(this.node(item.node)) : Boolean(this.edge(item.edge));
  }
  node(name) { return this.doc.nodes.find((n) => n.name === name); }
  edge(id) { return this.doc.edges.find((e) => edgeId(e) === id); }

  travel(from, to, said) {
    if (!from.length) return;
    to.push(this.doc);
    this.doc = from.pop();
    this.closeRename();
    this.changed();
    this.say(this.word(said));
  }
  undo() { this.travel(this.past, this.future, "said_undone"); }
  redo() { this.travel(this.future, this.past, "said_redone"); }

  freeName() {
    for (let i = 1; ; i++) {
      const name = this.word("new_name", { n: i });
      if (!this.node(name)) return name;
    }
  }

  freePlace(wanted) {
    const at = { ...wanted };
    const taken = () => this.doc.nodes.some(
      (n) => Math.abs(n.x - at.x) < 110 && Math.abs(n.y - at.y) < HEIGHT + 16);
    while (taken()) at.y += HEIGHT + 24;
    return at;
  }

  addNode(at = null, from = null) {
    const middle = this.toWorld(this.stage.clientWidth / 2, this.stage.clientHeight / 2);
    const near = this.chosen?.node && this.node(this.chosen.node);
    const place = at ?? this.freePlace(near ? { x: near.x + 190, y: near.y } : middle);
    const doc = clone(this.doc);
    const name = this.freeName();
    doc.nodes.push({ name, role: null, x: Math.round(place.x), y: Math.round(place.y) });
    if (from) doc.edges.push({ source: from.source, target: name, kind: from.kind });
    this.commit(doc);
    this.choose({ node: name });
    this.say(this.word("said_added", { name }));
    this.rename(name, true);
  }

  remove() {
    const doc = clone(this.doc);
    const { node, edge } = this.chosen ?? {};
    if (!node && !edge) return;
    const beside = node && this.nearest(node);
    doc.nodes = doc.nodes.filter((n) => n.name !== node);
    doc.edges = doc.edges.filter((e) => e.source !== node && e.target !== node && edgeId(e) !== edge);
    const said = this.word("said_removed", { name: this.nameOf(this.chosen) });
    const next = node ? beside : this.edge(edge).source;
    this.commit(doc);
    if (next) this.choose({ node: next });
    else this.svg.focus({ preventScroll: true });
    this.say(said);
  }

  connect(edge) {
    const why = refusal(this.doc, edge);
    if (why) return this.refuse(...why);
    this.commit({ ...clone(this.doc), edges: [...this.doc.edges, edge] });
    this.choose({ node: edge.source });
    this.say(this.edgeLabel(edge));
    return true;
  }

  swap(change) {
    const old = this.edge(this.chosen?.edge);
    if (!old) return;
    const rest = { ...clone(this.doc), edges: this.doc.edges.filter((e) => e !== old) };
    const edge = change(old);
    const why = refusal(rest, edge);
    if (why) { this.refuse(...why); return; }
    rest.edges.push(edge);
    this.commit(rest);
    this.choose({ edge: edgeId(edge) });
    this.say(this.edgeLabel(edge));
  }
  reverse() {
    if (this.edge(this.chosen?.edge)?.kind === "bidirected") this.refuse("refuse_reverse", {});
    else this.swap((e) => ({ ...e, source: e.target, target: e.source }));
  }
  turnKind() {
    this.swap((e) => ({ ...e, kind: e.kind === "bidirected" ? "directed" : "bidirected" }));
  }

  mark(role) {
    const name = this.chosen?.node;
    if (!name) return;
    const doc = clone(this.doc);
    const node = doc.nodes.find((n) => n.name === name);
    node.role = node.role === role ? null : role;
    if (node.role && ALONE.includes(role))
      for (const other of doc.nodes) if (other !== node && other.role === role) other.role = null;
    this.commit(doc);
    this.say(this.nodeLabel(node));
  }

  shift(name, dx, dy) {
    const doc = clone(this.doc);
    const node = doc.nodes.find((n) => n.name === name);
    node.x += dx;
    node.y += dy;
    this.commit(doc);
  }

  /** Lays the document out, downwards only where that shows it clearly larger. */
  place() {
    const [w, h] = [this.stage.clientWidth || 900, this.stage.clientHeight || 520];
    const tries = [false, true].map((down) => {
      const places = layered(this.doc, (name) => this.width(name), down, w / h);
      const nodes = this.doc.nodes.map((n) => ({ ...n, ...places.get(n.name) }));
      const size = this.bounds(nodes);
      return { nodes, scale: Math.min(w / size.width, h / size.height, 1) };
    });
    const { nodes } = tries[tries[1].scale > tries[0].scale * 1.15 ? 1 : 0];
    this.doc = { ...this.doc, nodes: nodes.map((n) => ({ ...n, x: Math.round(n.x), y: Math.round(n.y) })) };
  }

  layout() {
    if (!this.doc.nodes.length) return;
    const before = this.doc;
    this.place();
    const doc = this.doc;
    this.doc = before;
    this.commit(doc);
    this.fit();
    this.say(this.word("said_layout"));
  }

  // ---- rename, in place

  rename(name, fresh = false) {
    const node = this.node(name);
    if (!node) return;
    this.closeRename();
    const input = make("input", { class: "rename", maxlength: "80", "aria-label": this.word("rename_label", { name }) }, this.stage);
    input.value = name;
    this.renaming = { name, fresh, input };
    this.placeRename();
    input.focus({ preventScroll: true });
    input.select();
    input.addEventListener("blur", () => this.renaming?.input === input && this.finishRename(true));
    input.addEventListener("input", () => input.removeAttribute("aria-invalid"));
    input.addEventListener("keydown", (e) => {
      e.stopPropagation();
      if (e.isComposing) return; // an input method is still choosing its characters
      if (e.key === "Enter") this.finishRename(false);
      if (e.key === "Escape") { this.closeRename(); this.choose({ node: name }); }
    });
  }

  placeRename() {
    if (!this.renaming) return;
    const node = this.node(this.renaming.name);
    const { x, y, k } = this.view;
    const width = Math.max(150, this.width(node.name) * k);
    const style = this.renaming.input.style;
    style.left = `${clamp(node.x * k + x - width / 2, 4, Math.max(4, this.stage.clientWidth - width - 4))}px`;
    style.top = `${node.y * k + y - 19}px`;
    style.width = `${width}px`;
  }

  closeRename() {
    const open = this.renaming;
    this.renaming = null; // before removal: removing a focused input fires its blur
    open?.input.remove();
  }

  finishRename(leaving) {
    const { name, fresh, input } = this.renaming;
    // Control characters would break the identity of edges and every text format.
    const wanted = input.value.replace(/[\u0000-\u001f\u007f]/g, " ").trim();
    const taken = wanted !== name && this.node(wanted);
    if (taken && !leaving) {
      input.setAttribute("aria-invalid", "true");
      this.refuse("refuse_name", { name: wanted });
      return;
    }
    this.closeRename();
    if (!wanted || taken || wanted === name) {
      if (!leaving) this.choose({ node: name });
      return;
    }
    const doc = clone(this.doc);
    doc.nodes.find((n) => n.name === name).name = wanted;
    for (const edge of doc.edges)
      for (const end of ["source", "target"]) if (edge[end] === name) edge[end] = wanted;
    const focus = !leaving || this.chosen?.node === name;
    this.commit(doc, { quiet: fresh }); // naming a new node is part of making it
    if (focus) this.choose({ node: wanted }, !leaving);
    this.say(this.word("said_renamed", { old: name, name: wanted }));
  }

  // ---- choosing and speaking

  choose(item, focus = true) {
    this.chosen = item;
    this.render();
    const part = item?.node ? this.nodeParts.get(item.node) : this.edgeParts.get(item?.edge);
    if (focus && part) part.group.focus({ preventScroll: true });
    if (focus && item?.node) this.reveal(this.node(item.node));
  }

  say(text) {
    // A repeated sentence is spoken again only if the text differs.
    this.live.textContent = text === this.live.textContent ? `${text}\u00a0` : text;
  }

  refuse(key, values) {
    const text = this.word(key, values);
    this.say(text);
    this.toast.textContent = text;
    this.toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (this.toast.hidden = true), 5000);
    return false;
  }

  nameOf(item) {
    return item.node ?? this.edgeLabel(this.edge(item.edge));
  }
  edgeLabel({ source, target, kind }) {
    return this.word(kind === "bidirected" ? "label_both" : "label_edge", { source, target });
  }
  nodeLabel(node) {
    const list = (ends) => ends.join(", ") || this.word("none");
    const edges = this.doc.edges.filter((e) => e.kind !== "bidirected");
    const parts = [node.name];
    if (node.role) parts.push(this.word(`role_${node.role}`));
    for (const flag of ["suggested", "unbound"])
      if (this.analysis?.[flag]?.includes(node.name)) parts.push(this.word(`legend_${flag}`));
    parts.push(this.word("label_node", {
      causes: list(edges.filter((e) => e.target === node.name).map((e) => e.source)),
      effects: list(edges.filter((e) => e.source === node.name).map((e) => e.target)),
    }));
    return parts.join(". ");
  }

  focused(event) {
    const node = event.target.closest?.(".node");
    const edge = event.target.closest?.(".edge");
    if (!node && !edge) return;
    const item = node ? { node: node.dataset.name } : { edge: edge.dataset.id };
    if (this.linking && item.node) this.aim(item.node);
    else if (JSON.stringify(item) !== JSON.stringify(this.chosen)) this.choose(item, false);
    if (item.node && !this.gesture) this.reveal(this.node(item.node));
  }

  showHelp(open = this.help.hidden) {
    this.help.hidden = !open;
    this.helpButton.setAttribute("aria-expanded", String(open));
    if (open) this.help.querySelector("button").focus();
    else this.helpButton.focus();
  }

  // ---- drawing

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
    const { x, y, k } = this.view;
    this.world.setAttribute("transform", `translate(${x} ${y}) scale(${k})`);
    this.grid.setAttribute("patternTransform", `translate(${x} ${y}) scale(${k})`);
    this.keep(this.nodeParts, this.doc.nodes, (n) => n.name, (n) => this.newNode(n));
    this.keep(this.edgeParts, this.doc.edges, edgeId, (e) => this.newEdge(e));
    for (const node of this.doc.nodes) this.drawNode(node);
    const boxes = this.doc.nodes.map((n) => this.box(n));
    for (const edge of this.doc.edges) this.drawEdge(edge, boxes);
    this.drawDraft();
    this.placeRename();
    this.empty.hidden = this.doc.nodes.length > 0;
    this.level.textContent = `${Math.round(k * 100)} %`;
    this.undoButton.disabled = !this.past.length;
    this.redoButton.disabled = !this.future.length;
    this.renderActions();
    this.root.dataset.revision = this.revision;
    this.root.dataset.version = this.version;
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
    const has = (flag) => Boolean(this.analysis?.[flag]?.includes(node.name));
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
    part.role.textContent = caption ? this.word(caption) : "";
    part.sign.textContent = unbound ? "!" : "+";
    part.badge.setAttribute("transform", `translate(${width / 2 - 4} ${-HEIGHT / 2 + 3})`);
    // Ports stand a little outside, so that the middle of a small node stays free for moving it.
    const [w, h] = [width / 2 + PORT, HEIGHT / 2 + PORT];
    [[w, 0], [-w, 0], [0, -h], [0, h]].forEach(([x, y], i) =>
      part.ports[i].setAttribute("transform", `translate(${x} ${y})`));
    const chosen = this.chosen?.node === node.name;
    dress(group, {
      transform: `translate(${node.x} ${node.y})`, "data-role": node.role ?? "",
      "aria-label": this.nodeLabel(node), "aria-pressed": String(chosen) });
    toggle(group, "data-chosen", chosen);
    toggle(group, "data-suggested", suggested);
    toggle(group, "data-unbound", unbound);
    const link = this.linking;
    const why = link && refusal(this.doc, { ...link, target: node.name });
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
    const [a, b] = [this.box(this.node(edge.source)), this.box(this.node(edge.target))];
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
      this.analysis?.[p]?.some((e) => edgeId(e) === edgeId(edge)));
    const chosen = this.chosen?.edge === edgeId(edge);
    const said = [this.edgeLabel(edge), ...paths.map((p) => this.word(`legend_${p}`))];
    dress(part.group, {
      "data-source": edge.source, "data-target": edge.target, "data-kind": edge.kind,
      "data-path": paths[0] ?? "", "aria-label": said.join(". "), "aria-pressed": String(chosen) });
    toggle(part.group, "data-chosen", chosen);
  }

  drawDraft() {
    this.draft.replaceChildren();
    const link = this.linking;
    const source = link && this.node(link.source);
    if (!source) return;
    const target = link.target && link.target !== link.source ? this.node(link.target) : null;
    const end = target ? this.box(target) : link.point && { ...link.point, w: 0, h: 0 };
    if (!end) return;
    const from = border(this.box(source), end, 1);
    const tip = target ? border(end, source, 4) : end;
    const front = head(tip, from);
    draw("path", { class: "stroke", d: `M${from.x} ${from.y}L${front.base.x} ${front.base.y}` }, this.draft);
    draw("path", { class: "head", d: front.d }, this.draft);
    if (link.kind === "bidirected") draw("path", { class: "head", d: head(from, tip).d }, this.draft);
    const refused = target && refusal(this.doc, { ...link, target: target.name });
    toggle(this.draft, "data-refuse", refused);
    toggle(this.svg, "data-refuse", refused);
  }

  renderActions() {
    const { node, edge } = this.chosen ?? {};
    const item = node ? this.node(node) : this.edge(edge);
    const state = JSON.stringify([this.chosen, item?.role, this.linking?.source, this.wordsSeen?.length]);
    if (state === this.actionsSeen) return;
    this.actionsSeen = state;
    const focus = this.actions.querySelector(":focus")?.dataset.action;
    this.actions.replaceChildren();
    this.actions.setAttribute("aria-label", this.word("actions"));
    const what = this.linking ? "hint_link" : "hint";
    make("strong", item && !this.linking ? {} : { class: "hint" }, this.actions,
      item && !this.linking ? this.nameOf(this.chosen) : this.word(what));
    const add = (name, action, options) => this.button(this.actions, name, action, options);
    if (node) {
      add("rename", () => this.rename(node));
      add("link", () => this.link(node, "directed"));
      add("both", () => this.link(node, "bidirected"));
      for (const role of ROLES) {
        const button = add(role, () => this.mark(role), { icon: null, text: true });
        button.prepend(make("i", { class: `swatch ${role}`, "aria-hidden": "true" }));
        button.setAttribute("aria-pressed", String(item.role === role));
      }
    } else if (edge) {
      if (item.kind !== "bidirected") add("reverse", () => this.reverse(), { text: true });
      const label = item.kind === "bidirected" ? "one" : "turn_both";
      add("both", () => this.turnKind(), { icon: item.kind === "bidirected" ? "link" : "both", label, text: true });
    }
    if (item) add("remove", () => this.remove());
    if (focus) this.actions.querySelector(`[data-action="${focus}"]`)?.focus();
  }

  // ---- the view

  toWorld(x, y) {
    return { x: (x - this.view.x) / this.view.k, y: (y - this.view.y) / this.view.k };
  }
  local(event) {
    const box = this.svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  zoom(factor, at = { x: this.stage.clientWidth / 2, y: this.stage.clientHeight / 2 }) {
    const fixed = this.toWorld(at.x, at.y);
    const k = clamp(this.view.k * factor, ZOOM.least, ZOOM.most);
    this.view = { k, x: at.x - fixed.x * k, y: at.y - fixed.y * k };
    this.render();
  }

  bounds(nodes = this.doc.nodes) {
    const boxes = nodes.map((n) => this.box(n));
    const left = Math.min(...boxes.map((b) => b.x - b.w / 2));
    const top = Math.min(...boxes.map((b) => b.y - b.h / 2));
    const right = Math.max(...boxes.map((b) => b.x + b.w / 2));
    const bottom = Math.max(...boxes.map((b) => b.y + b.h / 2));
    return { left, top, width: right - left, height: bottom - top };
  }

  fit() {
    const { clientWidth: w, clientHeight: h } = this.stage;
    if (!w || !h) return false;
    if (this.doc.nodes.length) {
      const b = this.bounds();
      const k = clamp(Math.min((w - 72) / b.width, (h - 84) / b.height), ZOOM.least, 1.1);
      this.view = { k, x: w / 2 - (b.left + b.width / 2) * k, y: h / 2 - (b.top + b.height / 2) * k };
    } else this.view = { x: 0, y: 0, k: 1 };
    this.render();
    return true;
  }
  fitOnce() {
    if (!this.fitted && this.words) this.fitted = this.fit();
  }

  /** Pans just enough to bring a node into the canvas. */
  reveal(node) {
    const { x, y, k } = this.view;
    const half = (this.width(node.name) / 2) * k + 16;
    const [px, py] = [node.x * k + x, node.y * k + y];
    const { clientWidth: w, clientHeight: h } = this.stage;
    const dx = Math.max(0, half - px) || Math.min(0, w - half - px);
    const dy = Math.max(0, 40 - py) || Math.min(0, h - 40 - py);
    if (dx || dy) { this.view = { k, x: x + dx, y: y + dy }; this.render(); }
  }

  wheel(event) {
    // The page keeps its scroll until the person has gone into the canvas.
    const active = this.svg.matches(":focus-within, :focus");
    if (!active && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
    this.zoom(Math.exp(-clamp(pixels, -120, 120) * 0.0022), this.local(event));
  }

  // ---- pointers: mouse, pen and fingers alike

  press(event) {
    if (event.button > 0 && event.pointerType === "mouse") return;
    event.preventDefault();
    this.closeRenameByPointer();
    const at = this.local(event);
    this.svg.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size === 2) { this.cancel(); this.gesture = { type: "pinch" }; return; }
    if (this.pointers.size > 2) return;
    const hit = (name) => event.target.closest?.(name);
    const name = hit(".node")?.dataset.name;
    if (this.linking) { this.gesture = { type: "aim", start: at, name }; return; }
    if (hit(".port")) this.gesture = { type: "link", start: at, name, kind: event.shiftKey ? "bidirected" : "directed" };
    else if (name) {
      this.gesture = { type: "move", start: at, name, before: this.doc, from: { ...this.node(name) } };
      this.choose({ node: name });
    } else if (hit(".edge")) {
      this.gesture = { type: "none", start: at };
      this.choose({ edge: hit(".edge").dataset.id });
    } else {
      this.gesture = { type: "pan", start: at, view: { ...this.view } };
      this.svg.focus({ preventScroll: true });
    }
  }

  closeRenameByPointer() {
    if (this.renaming) this.finishRename(true);
  }

  drag(event) {
    const at = this.local(event);
    if (!this.pointers.has(event.pointerId)) return;
    const before = new Map(this.pointers);
    this.pointers.set(event.pointerId, at);
    const g = this.gesture;
    if (!g) return;
    if (g.type === "pinch") { this.pinch(before); return; }
    g.moved ||= Math.hypot(at.x - g.start.x, at.y - g.start.y) > MOVED;
    if (!g.moved) return;
    const k = this.view.k;
    if (g.type === "pan") {
      this.view = { ...g.view, x: g.view.x + at.x - g.start.x, y: g.view.y + at.y - g.start.y };
    } else if (g.type === "move") {
      const [x, y] = [g.from.x + (at.x - g.start.x) / k, g.from.y + (at.y - g.start.y) / k];
      this.doc = { ...this.doc, nodes: this.doc.nodes.map((n) =>
        n.name === g.name ? { ...n, x: Math.round(x), y: Math.round(y) } : n) };
    } else if (g.type === "link") {
      this.linking ??= { source: g.name, kind: g.kind };
      const point = this.toWorld(at.x, at.y);
      const under = this.doc.nodes.find((n) => inside(this.box(n), point, 8));
      this.linking.point = point;
      this.aim(under?.name);
      return;
    }
    this.render();
  }

  pinch(before) {
    const ends = (map) => [...map.values()].slice(0, 2);
    const [[a, b], [c, d]] = [ends(before), ends(this.pointers)];
    const far = (p, q) => Math.hypot(p.x - q.x, p.y - q.y) || 1;
    this.view.x += (c.x + d.x - a.x - b.x) / 2;
    this.view.y += (c.y + d.y - a.y - b.y) / 2;
    this.zoom(far(c, d) / far(a, b), { x: (c.x + d.x) / 2, y: (c.y + d.y) / 2 });
  }

  release(event, lost = false) {
    if (!this.pointers.delete(event.pointerId)) return;
    const g = this.gesture;
    if (!g || this.pointers.size) return;
    this.gesture = null;
    if (lost) { this.cancel(g); return; }
    if (g.type === "aim") this.finishLink(g.name);
    else if (g.type === "link" && this.linking) this.drop();
    else if (g.moved && g.type === "move") {
      const doc = this.doc;
      this.doc = g.before;
      this.commit(doc);
    } else if (!g.moved && g.type !== "pinch") this.tap(g);
  }

  tap({ start, name, type }) {
    const last = this.lastTap;
    const now = performance.now();
    const again = last && now - last.now < DOUBLE && last.name === name
      && Math.hypot(start.x - last.x, start.y - last.y) < 24;
    this.lastTap = again ? null : { ...start, now, name };
    if (type === "pan" && !again) { this.chosen = null; this.render(); }
    if (again && name) this.rename(name);
    else if (again && type === "pan") this.addNode(this.toWorld(start.x, start.y));
  }

  // ---- drawing an edge, by dragging or by keys

  link(source, kind) {
    this.linking = { source, kind };
    this.render();
    this.nodeParts.get(source).group.focus({ preventScroll: true });
    this.say(this.word("hint_link"));
  }

  aim(target) {
    const link = this.linking;
    if (link.target !== target) {
      link.target = target;
      const edge = { source: link.source, target, kind: link.kind };
      const why = target && target !== link.source && refusal(this.doc, edge);
      if (why) this.refuse(...why);
      else this.toast.hidden = true;
      if (target && !why && target !== link.source) this.say(this.edgeLabel(edge));
    }
    this.render();
  }

  drop() {
    const { source, kind, target, point } = this.linking;
    this.stopLink();
    if (target && target !== source) this.connect({ source, target, kind });
    else if (!target) this.addNode(point, { source, kind });
  }

  finishLink(target) {
    const { source, kind } = this.linking;
    this.stopLink();
    if (target && target !== source) this.connect({ source, target, kind });
    else this.say(this.word("said_cancelled"));
  }

  stopLink() {
    this.linking = null;
    this.draft.replaceChildren();
    this.svg.removeAttribute("data-refuse");
    this.render();
  }

  cancel(gesture = this.gesture) {
    if (gesture?.type === "move") this.doc = gesture.before;
    if (gesture?.type === "pan") this.view = gesture.view;
    this.gesture = null;
    this.closeRename();
    if (this.linking) this.stopLink();
  }

  // ---- keys

  key(event) {
    event.stopPropagation(); // see listen()
    if (event.isComposing) return;
    const { key } = event;
    const command = event.ctrlKey || event.metaKey;
    const act = command ? this.commandKey(key.toLowerCase(), event.shiftKey) : this.plainKey(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  commandKey(key, shift) {
    if (key === "z") return shift ? () => this.redo() : () => this.undo();
    return key === "y" ? () => this.redo() : null;
  }

  plainKey(event) {
    const { key } = event;
    if (key === "Escape") return () => this.escape();
    if (key === "?") return () => this.showHelp();
    if (event.altKey || !event.target.closest?.(".canvas")) return null; // a button has its own keys
    const { node, edge } = this.chosen ?? {};
    if (key.startsWith("Arrow")) return () => this.arrow(key.slice(5), event.shiftKey);
    if (this.linking) return this.linkKey(key);
    const small = key.toLowerCase();
    const any = {
      n: () => this.addNode(), l: () => this.layout(), 0: () => this.fit(),
      "+": () => this.zoom(1.25), "=": () => this.zoom(1.25), "-": () => this.zoom(0.8),
    };
    const onNode = {
      enter: () => this.rename(node), f2: () => this.rename(node),
      e: () => this.link(node, "directed"), b: () => this.link(node, "bidirected"),
      j: () => this.nextEdge(node), delete: () => this.remove(), backspace: () => this.remove(),
    };
    for (const role of ROLES) onNode[role[0]] = () => this.mark(role);
    const onEdge = {
      r: () => this.reverse(), b: () => this.turnKind(), j: () => this.nextEdge(),
      delete: () => this.remove(), backspace: () => this.remove(),
    };
    return any[small] ?? (node ? onNode[small] : edge ? onEdge[small] : null);
  }

  linkKey(key) {
    const { source, kind, target } = this.linking;
    if (key === "Enter" || key === " ") return () => this.finishLink(target);
    if (key.toLowerCase() !== "n") return null;
    return () => { this.stopLink(); this.addNode(null, { source, kind }); };
  }

  escape() {
    if (!this.help.hidden) this.showHelp(false);
    else if (this.linking || this.gesture) {
      const { source } = this.linking ?? {};
      this.cancel();
      this.say(this.word("said_cancelled"));
      if (source) this.choose({ node: source });
      else this.render();
    } else this.choose(null);
  }

  arrow(way, moving) {
    const [dx, dy] = { Left: [-1, 0], Right: [1, 0], Up: [0, -1], Down: [0, 1] }[way];
    const name = this.linking?.target ?? this.linking?.source ?? this.chosen?.node;
    if (!name) {
      const first = this.edge(this.chosen?.edge)?.source ?? this.doc.nodes[0]?.name;
      if (first) this.choose({ node: first });
      return;
    }
    if (moving && !this.linking) { this.shift(name, dx * 12, dy * 12); return; }
    const from = this.node(name);
    const next = this.nearest(name, (n) => {
      const along = (n.x - from.x) * dx + (n.y - from.y) * dy;
      const aside = Math.abs((n.x - from.x) * dy) + Math.abs((n.y - from.y) * dx);
      return along > 4 ? along + 2 * aside : Infinity;
    });
    if (next) this.nodeParts.get(next).group.focus({ preventScroll: true });
  }

  nearest(name, cost = (n) => Math.hypot(n.x - this.node(name).x, n.y - this.node(name).y)) {
    const others = this.doc.nodes.filter((n) => n.name !== name && cost(n) < Infinity);
    return others.sort((a, b) => cost(a) - cost(b))[0]?.name;
  }

  /** Walks through the edges of the node that one came from. */
  nextEdge(node = null) {
    if (node) this.hub = node;
    const ids = this.doc.edges.filter((e) => [e.source, e.target].includes(this.hub)).map(edgeId);
    const at = ids.indexOf(this.chosen?.edge);
    if (ids.length) this.choose({ edge: ids[(at + 1) % ids.length] });
    else this.say(this.word("said_no_edges"));
  }

  // ---- pictures

  picture() {
    const from = [this.svg, ...this.world.querySelectorAll("*")];
    const copy = this.world.cloneNode(true);
    const to = [null, ...copy.querySelectorAll("*")];
    const kept = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin",
      "opacity", "display", "font-family", "font-size", "font-weight", "font-style", "text-anchor"];
    from.forEach((original, i) => {
      const style = getComputedStyle(original);
      for (const { name } of [...(to[i]?.attributes ?? [])])
        if (/^(data-|aria-|role|tabindex)/.test(name)) to[i].removeAttribute(name);
      to[i]?.setAttribute("style", kept.map((p) => `${p}:${style.getPropertyValue(p)}`).join(";"));
    });
    for (const part of copy.querySelectorAll(".port, .hit, .draft")) part.remove();
    copy.removeAttribute("transform");
    const b = this.doc.nodes.length ? this.bounds() : { left: 0, top: 0, width: 200, height: 100 };
    const [w, h] = [b.width + 80, b.height + 120];
    const svg = draw("svg", { xmlns: SVG, width: w, height: h, viewBox: `${b.left - 40} ${b.top - 60} ${w} ${h}` });
    draw("title", {}, svg, this.title);
    draw("rect", { x: b.left - 40, y: b.top - 60, width: w, height: h, fill: getComputedStyle(this.stage).backgroundColor }, svg);
    svg.append(copy);
    return { text: new XMLSerializer().serializeToString(svg), w, h };
  }

  async download(kind) {
    const chosen = this.chosen;
    this.chosen = null; // a picture shows the graph, not what is selected
    this.render();
    const { text, w, h } = this.picture();
    this.chosen = chosen;
    this.render();
    const file = `${this.title.replace(/[^\p{L}\p{N}_-]+/gu, "-")}.${kind}`;
    const blob = new Blob([text], { type: "image/svg+xml" });
    if (kind === "svg") { save(blob, file); return; }
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = dress(document.createElement("canvas"), { width: w * 2, height: h * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, w * 2, h * 2);
    canvas.toBlob((png) => save(png, file), "image/png");
  }

  destroy() {
    const { version, revision, doc, past, future, view, fitted, chosen } = this;
    keptById.set(this.id, { version, revision, doc, past, future, view, fitted, chosen });
    this.watcher.disconnect();
    clearTimeout(this.toastTimer);
    this.renaming = null;
    this.root.replaceChildren();
  }
}


export default function mount(component) {
  const { parentElement } = component;
  let editor = editors.get(parentElement);
  if (editor && editor.id !== component.data.id) { // another graph took this place on the page
    editor.destroy();
    editor = null;
  }
  if (!editor) {
    editor = new Editor(parentElement.querySelector(".dag"));
    editors.set(parentElement, editor);
  }
  editor.update(component);
  return () => {
    if (editors.get(parentElement) !== editor) return; // cleaned up already
    editors.delete(parentElement);
    editor.destroy();
  };
}
