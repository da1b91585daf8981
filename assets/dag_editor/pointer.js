// Mouse, pen and fingers alike: press, drag, pinch, tap; and an edge being drawn, also by keys.

import { clamp, refusal } from "./document.js";
import { inside } from "./geometry.js";

const MOVED = 5; // px before a press becomes a drag
const DOUBLE = 400; // ms between the two taps of a double tap

export class Pointer {
  constructor(editor) {
    this.editor = editor;
    this.view = editor.view;
    this.naming = editor.naming;
    this.pointers = new Map();
    this.gesture = null;
    this.linking = null; // an edge being drawn: {source, kind, target?, point?}
    this.lastTap = null;
  }

  press(event) {
    if (event.button > 0 && event.pointerType === "mouse") return;
    event.preventDefault();
    this.closeRenameByPointer();
    const at = this.view.local(event);
    this.view.svg.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size === 2) { this.cancel(); this.gesture = { type: "pinch" }; return; }
    if (this.pointers.size > 2) return;
    const hit = (name) => event.target.closest?.(name);
    const name = hit(".node")?.dataset.name;
    if (this.linking) { this.gesture = { type: "aim", start: at, name }; return; }
    if (hit(".port")) this.gesture = { type: "link", start: at, name, kind: event.shiftKey ? "bidirected" : "directed" };
    else if (name) {
      this.gesture = { type: "move", start: at, name, before: this.editor.doc, from: { ...this.editor.node(name) } };
      this.editor.choose({ node: name });
    } else if (hit(".edge")) {
      this.gesture = { type: "none", start: at };
      this.editor.choose({ edge: hit(".edge").dataset.id });
    } else {
      this.gesture = { type: "pan", start: at, view: { ...this.view.camera } };
      this.view.svg.focus({ preventScroll: true });
    }
  }

  closeRenameByPointer() {
    if (this.naming.now) this.naming.finish(true);
  }

  drag(event) {
    const at = this.view.local(event);
    if (!this.pointers.has(event.pointerId)) return;
    const before = new Map(this.pointers);
    this.pointers.set(event.pointerId, at);
    const g = this.gesture;
    if (!g) return;
    if (g.type === "pinch") { this.pinch(before); return; }
    g.moved ||= Math.hypot(at.x - g.start.x, at.y - g.start.y) > MOVED;
    if (!g.moved) return;
    const k = this.view.camera.k;
    if (g.type === "pan") {
      this.view.camera = { ...g.view, x: g.view.x + at.x - g.start.x, y: g.view.y + at.y - g.start.y };
    } else if (g.type === "move") {
      const [x, y] = [g.from.x + (at.x - g.start.x) / k, g.from.y + (at.y - g.start.y) / k];
      this.editor.doc = { ...this.editor.doc, nodes: this.editor.doc.nodes.map((n) =>
        n.name === g.name ? { ...n, x: Math.round(x), y: Math.round(y) } : n) };
    } else if (g.type === "link") {
      this.linking ??= { source: g.name, kind: g.kind };
      const point = this.view.toWorld(at.x, at.y);
      const under = this.editor.doc.nodes.find((n) => inside(this.view.box(n), point, 8));
      this.linking.point = point;
      this.aim(under?.name);
      return;
    }
    this.view.render();
  }

  pinch(before) {
    const ends = (map) => [...map.values()].slice(0, 2);
    const [[a, b], [c, d]] = [ends(before), ends(this.pointers)];
    const far = (p, q) => Math.hypot(p.x - q.x, p.y - q.y) || 1;
    this.view.camera.x += (c.x + d.x - a.x - b.x) / 2;
    this.view.camera.y += (c.y + d.y - a.y - b.y) / 2;
    this.view.zoom(far(c, d) / far(a, b), { x: (c.x + d.x) / 2, y: (c.y + d.y) / 2 });
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
      const doc = this.editor.doc;
      this.editor.doc = g.before;
      this.editor.commit(doc);
    } else if (!g.moved && g.type !== "pinch") this.tap(g);
  }

  wheel(event) {
    // The page keeps its scroll until the person has gone into the canvas.
    const active = this.view.svg.matches(":focus-within, :focus");
    if (!active && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
    this.view.zoom(Math.exp(-clamp(pixels, -120, 120) * 0.0022), this.view.local(event));
  }

  tap({ start, name, type }) {
    const last = this.lastTap;
    const now = performance.now();
    const again = last && now - last.now < DOUBLE && last.name === name
      && Math.hypot(start.x - last.x, start.y - last.y) < 24;
    this.lastTap = again ? null : { ...start, now, name };
    if (type === "pan" && !again) { this.editor.chosen = null; this.view.render(); }
    if (again && name) this.naming.open(name);
    else if (again && type === "pan") this.editor.addNode(this.view.toWorld(start.x, start.y));
  }

  link(source, kind) {
    this.linking = { source, kind };
    this.view.render();
    this.view.nodeParts.get(source).group.focus({ preventScroll: true });
    this.view.say(this.editor.word("hint_link"));
  }

  aim(target) {
    const link = this.linking;
    if (link.target !== target) {
      link.target = target;
      const edge = { source: link.source, target, kind: link.kind };
      const why = target && target !== link.source && refusal(this.editor.doc, edge);
      if (why) this.view.refuse(...why);
      else this.view.toast.hidden = true;
      if (target && !why && target !== link.source) this.view.say(this.naming.edgeLabel(edge));
    }
    this.view.render();
  }

  drop() {
    const { source, kind, target, point } = this.linking;
    this.stopLink();
    if (target && target !== source) this.editor.connect({ source, target, kind });
    else if (!target) this.editor.addNode(point, { source, kind });
  }

  finishLink(target) {
    const { source, kind } = this.linking;
    this.stopLink();
    if (target && target !== source) this.editor.connect({ source, target, kind });
    else this.view.say(this.editor.word("said_cancelled"));
  }

  stopLink() {
    this.linking = null;
    this.view.draft.replaceChildren();
    this.view.svg.removeAttribute("data-refuse");
    this.view.render();
  }

  cancel(gesture = this.gesture) {
    if (gesture?.type === "move") this.editor.doc = gesture.before;
    if (gesture?.type === "pan") this.view.camera = gesture.view;
    this.gesture = null;
    this.naming.close();
    if (this.linking) this.stopLink();
  }
}
