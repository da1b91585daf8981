// Every gesture by keys as well.

import { ROLES, edgeId } from "./document.js";

export const KEYS = [
  ["N", "add"], ["F2 / Enter", "rename"], ["E", "link"], ["B", "both"], ["R", "reverse"],
  ["Delete", "remove"], ["T O A U I", "roles"], ["Tab ← ↑ → ↓", "walk"], ["J", "edges"],
  ["Shift + ← ↑ → ↓", "move"], ["Ctrl + Z", "undo"], ["Ctrl + Y", "redo"], ["L", "layout"],
  ["+ −", "zoom"], ["0", "fit"], ["Esc", "cancel"], ["?", "help"],
];

export class Keys {
  constructor(editor) {
    this.editor = editor;
    this.view = editor.view;
    this.naming = editor.naming;
    this.pointer = editor.pointer;
  }

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
    if (key === "z") return shift ? () => this.editor.redo() : () => this.editor.undo();
    return key === "y" ? () => this.editor.redo() : null;
  }

  plainKey(event) {
    const { key } = event;
    if (key === "Escape") return () => this.escape();
    if (key === "?") return () => this.editor.bars.showHelp();
    if (event.altKey || !event.target.closest?.(".canvas")) return null; // a button has its own keys
    const { node, edge } = this.editor.chosen ?? {};
    if (key.startsWith("Arrow")) return () => this.arrow(key.slice(5), event.shiftKey);
    if (this.pointer.linking) return this.linkKey(key);
    const small = key.toLowerCase();
    const any = {
      n: () => this.editor.addNode(), l: () => this.editor.layout(), 0: () => this.view.fit(),
      "+": () => this.view.zoom(1.25), "=": () => this.view.zoom(1.25), "-": () => this.view.zoom(0.8),
    };
    const onNode = {
      enter: () => this.naming.open(node), f2: () => this.naming.open(node),
      e: () => this.pointer.link(node, "directed"), b: () => this.pointer.link(node, "bidirected"),
      j: () => this.nextEdge(node), delete: () => this.editor.remove(), backspace: () => this.editor.remove(),
    };
    for (const role of ROLES) onNode[role[0]] = () => this.editor.mark(role);
    const onEdge = {
      r: () => this.editor.reverse(), b: () => this.editor.turnKind(), j: () => this.nextEdge(),
      delete: () => this.editor.remove(), backspace: () => this.editor.remove(),
    };
    return any[small] ?? (node ? onNode[small] : edge ? onEdge[small] : null);
  }

  linkKey(key) {
    const { source, kind, target } = this.pointer.linking;
    if (key === "Enter" || key === " ") return () => this.pointer.finishLink(target);
    if (key.toLowerCase() !== "n") return null;
    return () => { this.pointer.stopLink(); this.editor.addNode(null, { source, kind }); };
  }

  escape() {
    if (!this.view.help.hidden) this.editor.bars.showHelp(false);
    else if (this.pointer.linking || this.pointer.gesture) {
      const { source } = this.pointer.linking ?? {};
      this.pointer.cancel();
      this.view.say(this.editor.word("said_cancelled"));
      if (source) this.editor.choose({ node: source });
      else this.view.render();
    } else this.editor.choose(null);
  }

  arrow(way, moving) {
    const [dx, dy] = { Left: [-1, 0], Right: [1, 0], Up: [0, -1], Down: [0, 1] }[way];
    const name = this.pointer.linking?.target ?? this.pointer.linking?.source ?? this.editor.chosen?.node;
    if (!name) {
      const first = this.editor.edge(this.editor.chosen?.edge)?.source ?? this.editor.doc.nodes[0]?.name;
      if (first) this.editor.choose({ node: first });
      return;
    }
    if (moving && !this.pointer.linking) { this.editor.shift(name, dx * 12, dy * 12); return; }
    const from = this.editor.node(name);
    const next = this.nearest(name, (n) => {
      const along = (n.x - from.x) * dx + (n.y - from.y) * dy;
      const aside = Math.abs((n.x - from.x) * dy) + Math.abs((n.y - from.y) * dx);
      return along > 4 ? along + 2 * aside : Infinity;
    });
    if (next) this.view.nodeParts.get(next).group.focus({ preventScroll: true });
  }

  nearest(name, cost = (n) => Math.hypot(n.x - this.editor.node(name).x, n.y - this.editor.node(name).y)) {
    const others = this.editor.doc.nodes.filter((n) => n.name !== name && cost(n) < Infinity);
    return others.sort((a, b) => cost(a) - cost(b))[0]?.name;
  }

  /** Walks through the edges of the node that one came from. */
  nextEdge(node = null) {
    if (node) this.hub = node;
    const ids = this.editor.doc.edges.filter((e) => [e.source, e.target].includes(this.hub)).map(edgeId);
    const at = ids.indexOf(this.editor.chosen?.edge);
    if (ids.length) this.editor.choose({ edge: ids[(at + 1) % ids.length] });
    else this.view.say(this.editor.word("said_no_edges"));
  }
}
