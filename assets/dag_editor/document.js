// The document, without a screen: nodes and edges as plain values, never changed in place.

export const ROLES = ["treatment", "outcome", "adjusted", "unobserved", "instrument"];
const ALONE = ["treatment", "outcome"]; // roles that one node at most can have

export const clone = (value) => JSON.parse(JSON.stringify(value));
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
export const edgeId = ({ source, target, kind }) =>
  kind === "bidirected" ? [source, target].sort().join("\u0001↔") : `${source}\u0001→${target}`;

/** The shortest directed path between two nodes as a list of names, or null. */
export function route(doc, from, to) {
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
export function refusal(doc, edge) {
  if (edge.source === edge.target) return ["refuse_self", { name: edge.source }];
  if (doc.edges.some((other) => edgeId(other) === edgeId(edge)))
    return ["refuse_twice", { source: edge.source, target: edge.target }];
  const back = edge.kind !== "bidirected" && route(doc, edge.target, edge.source);
  return back ? ["refuse_cycle", { path: [edge.source, ...back].join(" → ") }] : null;
}

/** The document without a node and its edges, or without an edge. */
export function without(doc, { node, edge }) {
  const touches = (e) => e.source === node || e.target === node || edgeId(e) === edge;
  return {
    ...clone(doc),
    nodes: doc.nodes.filter((n) => n.name !== node),
    edges: doc.edges.filter((e) => !touches(e)),
  };
}

/** The document with a node's mark set, or taken away where it was set. */
export function withMark(doc, name, role) {
  const marked = clone(doc);
  const node = marked.nodes.find((n) => n.name === name);
  node.role = node.role === role ? null : role;
  if (node.role && ALONE.includes(role))
    for (const other of marked.nodes) if (other !== node && other.role === role) other.role = null;
  return marked;
}

/** The document with another name for a node. */
export function withName(doc, old, name) {
  const named = clone(doc);
  named.nodes.find((n) => n.name === old).name = name;
  for (const edge of named.edges)
    for (const end of ["source", "target"]) if (edge[end] === old) edge[end] = name;
  return named;
}
