// The graph editor: a DAG drawn as SVG inside a Streamlit component. No library.
//
// Python owns the words, the analysis and the `version`; the browser owns the document while it is
// being edited and counts its `revision`. The browser takes Python's document only when Python's
// version is newer, and paints an analysis only when it is of the revision on screen, so no echo of
// an old state can overwrite a new one. Nothing is sent on mount: only a person's edit is an event.

import { clone, edgeId, refusal, withMark, without } from "./document.js";
import { arranged, freePlace } from "./layout.js";
import { save, savePng } from "./dom.js";
import { View } from "./view.js";
import { Bars } from "./bars.js";
import { Naming } from "./naming.js";
import { Pointer } from "./pointer.js";
import { Keys } from "./keys.js";

const editors = new WeakMap();
const keptById = (globalThis.causalrecEditors ??= new Map());

class Editor {
  constructor(root) {
    this.doc = { nodes: [], edges: [] };
    this.version = -1;
    this.revision = 0;
    this.analysis = null;
    this.past = [];
    this.future = [];
    this.chosen = null; // {node: name} or {edge: id}
    this.view = new View(this, root);
    this.bars = new Bars(this);
    this.naming = new Naming(this);
    this.pointer = new Pointer(this);
    this.keys = new Keys(this);
    this.listen();
  }

  word(key, values = {}) {
    const text = this.words?.[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  listen() {
    const on = (name, handler, options) => this.view.svg.addEventListener(name, handler, options);
    on("pointerdown", (e) => this.pointer.press(e));
    on("pointermove", (e) => this.pointer.drag(e));
    on("pointerup", (e) => this.pointer.release(e));
    on("pointercancel", (e) => this.pointer.release(e, true));
    on("wheel", (e) => this.pointer.wheel(e), { passive: false });
    on("focusin", (e) => this.focused(e));
    on("contextmenu", (e) => this.pointer.gesture && e.preventDefault());
    this.view.root.addEventListener("keydown", (e) => this.keys.key(e));
    // Streamlit listens for R and C on the page; keys typed in the editor are the editor's.
    for (const name of ["keyup", "keypress"])
      this.view.root.addEventListener(name, (e) => e.stopPropagation());
  }

  update({ data, setStateValue }) {
    this.send = (value) => setStateValue("graph", value);
    this.title = data.name || "graph";
    this.view.stage.style.setProperty("--stage", `${data.height ?? 520}px`);
    const words = JSON.stringify(data.words);
    if (words !== this.wordsSeen) {
      this.wordsSeen = words;
      this.words = data.words;
      this.bars.buildBar();
    }
    this.id = data.id;
    if (this.version < 0) this.resume(data);
    if (data.version > this.version) this.take(data);
    if (data.analysis && data.analysis.revision === this.revision && data.version === this.version)
      this.analysis = data.analysis;
    this.view.render();
    this.view.root.dataset.id = data.id;
    this.view.root.dataset.analysed = this.analysis ? this.analysis.revision : "";
  }

  /** Streamlit may unmount and mount again at any time: the history then goes on where it was. */
  resume(data) {
    const kept = keptById.get(data.id);
    if (!kept || kept.state.version !== data.version || kept.state.revision < data.revision) return;
    Object.assign(this, kept.state);
    Object.assign(this.view, kept.look);
  }

  take(data) {
    const names = (doc) => doc.nodes.map((n) => n.name).sort().join("\u0001");
    const first = this.version < 0;
    const same = names(this.doc) === names(data.document);
    if (!first) {
      this.past.push(this.doc); // what Python brings (an import, a binding) can be undone too
      this.future = [];
    }
    this.pointer.cancel();
    this.doc = clone(data.document);
    this.version = data.version;
    this.revision = data.revision;
    this.analysis = null;
    if (this.doc.nodes.some((n) => n.x === null || n.y === null)) this.doc = this.arranged(this.doc);
    if (!this.has(this.chosen)) this.chosen = null;
    if (!same) this.view.fitted = false;
    this.view.fitOnce();
  }

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
    if (!this.has(this.chosen)) this.chosen = null;
    this.view.render();
    this.send?.({ version: this.version, revision: this.revision, document: this.doc });
  }

  has(item) {
    if (!item) return false;
    return "node" in item ? Boolean(this.node(item.node)) : Boolean(this.edge(item.edge));
  }

  node(name) { return this.doc.nodes.find((n) => n.name === name); }

  edge(id) { return this.doc.edges.find((e) => edgeId(e) === id); }

  travel(from, to, said) {
    if (!from.length) return;
    to.push(this.doc);
    this.doc = from.pop();
    this.naming.close();
    this.changed();
    this.view.say(this.word(said));
  }

  undo() { this.travel(this.past, this.future, "said_undone"); }

  redo() { this.travel(this.future, this.past, "said_redone"); }

  freeName() {
    for (let i = 1; ; i++) {
      const name = this.word("new_name", { n: i });
      if (!this.node(name)) return name;
    }
  }

  addNode(at = null, from = null) {
    const middle = this.view.toWorld(this.view.stage.clientWidth / 2, this.view.stage.clientHeight / 2);
    const near = this.chosen?.node && this.node(this.chosen.node);
    const place = at ?? freePlace(this.doc, near ? { x: near.x + 190, y: near.y } : middle);
    const doc = clone(this.doc);
    const name = this.freeName();
    doc.nodes.push({ name, role: null, x: Math.round(place.x), y: Math.round(place.y) });
    if (from) doc.edges.push({ source: from.source, target: name, kind: from.kind });
    this.commit(doc);
    this.choose({ node: name });
    this.view.say(this.word("said_added", { name }));
    this.naming.open(name, true);
  }

  remove() {
    const { node, edge } = this.chosen ?? {};
    if (!node && !edge) return;
    const said = this.word("said_removed", { name: this.naming.nameOf(this.chosen) });
    const next = node ? this.keys.nearest(node) : this.edge(edge).source;
    this.commit(without(this.doc, { node, edge }));
    if (next) this.choose({ node: next });
    else this.view.svg.focus({ preventScroll: true });
    this.view.say(said);
  }

  connect(edge) {
    const why = refusal(this.doc, edge);
    if (why) return this.view.refuse(...why);
    this.commit({ ...clone(this.doc), edges: [...this.doc.edges, edge] });
    this.choose({ node: edge.source });
    this.view.say(this.naming.edgeLabel(edge));
    return true;
  }

  swap(change) {
    const old = this.edge(this.chosen?.edge);
    if (!old) return;
    const rest = { ...clone(this.doc), edges: this.doc.edges.filter((e) => e !== old) };
    const edge = change(old);
    const why = refusal(rest, edge);
    if (why) { this.view.refuse(...why); return; }
    rest.edges.push(edge);
    this.commit(rest);
    this.choose({ edge: edgeId(edge) });
    this.view.say(this.naming.edgeLabel(edge));
  }

  reverse() {
    if (this.edge(this.chosen?.edge)?.kind === "bidirected") this.view.refuse("refuse_reverse", {});
    else this.swap((e) => ({ ...e, source: e.target, target: e.source }));
  }

  turnKind() {
    this.swap((e) => ({ ...e, kind: e.kind === "bidirected" ? "directed" : "bidirected" }));
  }

  mark(role) {
    const name = this.chosen?.node;
    if (!name) return;
    this.commit(withMark(this.doc, name, role));
    this.view.say(this.naming.nodeLabel(this.node(name)));
  }

  shift(name, dx, dy) {
    const doc = clone(this.doc);
    const node = doc.nodes.find((n) => n.name === name);
    node.x += dx;
    node.y += dy;
    this.commit(doc);
  }

  /** The document laid out for the room there is. */
  arranged(doc) {
    const [w, h] = [this.view.stage.clientWidth || 900, this.view.stage.clientHeight || 520];
    return { ...doc, nodes: arranged(doc, (name) => this.view.width(name), w, h) };
  }

  layout() {
    if (!this.doc.nodes.length) return;
    this.commit(this.arranged(this.doc));
    this.view.fit();
    this.view.say(this.word("said_layout"));
  }

  choose(item, focus = true) {
    this.chosen = item;
    this.view.render();
    const part = item?.node ? this.view.nodeParts.get(item.node) : this.view.edgeParts.get(item?.edge);
    if (focus && part) part.group.focus({ preventScroll: true });
    if (focus && item?.node) this.view.reveal(this.node(item.node));
  }

  focused(event) {
    const node = event.target.closest?.(".node");
    const edge = event.target.closest?.(".edge");
    if (!node && !edge) return;
    const item = node ? { node: node.dataset.name } : { edge: edge.dataset.id };
    if (this.pointer.linking && item.node) this.pointer.aim(item.node);
    else if (JSON.stringify(item) !== JSON.stringify(this.chosen)) this.choose(item, false);
    if (item.node && !this.pointer.gesture) this.view.reveal(this.node(item.node));
  }

  async download(kind) {
    const chosen = this.chosen;
    this.chosen = null; // a picture shows the graph, not what is selected
    this.view.render();
    const { text, w, h } = this.view.picture();
    this.chosen = chosen;
    this.view.render();
    const file = `${this.title.replace(/[^\p{L}\p{N}_-]+/gu, "-")}.${kind}`;
    if (kind === "svg") save(new Blob([text], { type: "image/svg+xml" }), file);
    else await savePng(text, w, h, file);
  }

  destroy() {
    const { version, revision, doc, past, future, chosen } = this;
    const { camera, fitted } = this.view;
    keptById.set(this.id, {
      state: { version, revision, doc, past, future, chosen }, look: { camera, fitted } });
    this.naming.now = null;
    this.view.destroy();
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
