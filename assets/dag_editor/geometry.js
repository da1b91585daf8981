// Boxes, curves and arrow heads; a box is its centre and its size: {x, y, w, h}.

export const HEIGHT = 46; // of a node
export const PORT = 7; // from a node's border to the middle of its ports

/** Where the ray from a box's centre towards a point leaves the box (grown by `margin`). */
export function border(box, point, margin) {
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
export const inside = (box, p, margin) =>
  Math.abs(p.x - box.x) < box.w / 2 + margin && Math.abs(p.y - box.y) < box.h / 2 + margin;

/** The middle control point of an edge: straight where free, else bent around other nodes. */
export function control(a, b, others, bidirected) {
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
export function head(tip, from) {
  const angle = Math.atan2(tip.y - from.y, tip.x - from.x);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const at = (x, y) => `${(tip.x + x * cos - y * sin).toFixed(1)} ${(tip.y + x * sin + y * cos).toFixed(1)}`;
  return { d: `M${at(0, 0)}L${at(-12, -5.5)}L${at(-9.5, 0)}L${at(-12, 5.5)}Z`, base: { x: tip.x - 9 * cos, y: tip.y - 9 * sin } };
}

/** The smallest box around boxes. */
export function bounds(boxes) {
  const left = Math.min(...boxes.map((b) => b.x - b.w / 2));
  const top = Math.min(...boxes.map((b) => b.y - b.h / 2));
  const right = Math.max(...boxes.map((b) => b.x + b.w / 2));
  const bottom = Math.max(...boxes.map((b) => b.y + b.h / 2));
  return { left, top, width: right - left, height: bottom - top };
}
