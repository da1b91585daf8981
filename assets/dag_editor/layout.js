// Places for the nodes of a document that has none: layers from cause to effect.

import { clamp } from "./document.js";
import { HEIGHT, bounds } from "./geometry.js";

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

/** The nodes with places, downwards only where that shows them clearly larger in a `w` x `h` view. */
export function arranged(doc, widthOf, w, h) {
  const tries = [false, true].map((down) => {
    const places = layered(doc, widthOf, down, w / h);
    const nodes = doc.nodes.map((n) => ({ ...n, ...places.get(n.name) }));
    const size = bounds(nodes.map((n) => ({ x: n.x, y: n.y, w: widthOf(n.name), h: HEIGHT })));
    return { nodes, scale: Math.min(w / size.width, h / size.height, 1) };
  });
  const { nodes } = tries[tries[1].scale > tries[0].scale * 1.15 ? 1 : 0];
  return nodes.map((n) => ({ ...n, x: Math.round(n.x), y: Math.round(n.y) }));
}

/** The nearest place below a wanted one where a node covers no other. */
export function freePlace(doc, wanted) {
  const at = { ...wanted };
  const taken = () => doc.nodes.some(
    (n) => Math.abs(n.x - at.x) < 110 && Math.abs(n.y - at.y) < HEIGHT + 16);
  while (taken()) at.y += HEIGHT + 24;
  return at;
}
