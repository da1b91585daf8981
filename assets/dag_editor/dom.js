// Elements, made in one line; and pictures of them as files.

const SVG = "http://www.w3.org/2000/svg";

export function make(tag, attributes = {}, parent = null, text = null) {
  const node = document.createElement(tag);
  return dress(node, attributes, parent, text);
}
export function draw(tag, attributes = {}, parent = null, text = null) {
  return dress(document.createElementNS(SVG, tag), attributes, parent, text);
}
export function dress(node, attributes, parent = null, text = null) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== null) node.textContent = text; // names are text, never markup
  if (parent) parent.append(node);
  return node;
}
export function toggle(node, name, on) {
  if (on) node.setAttribute(name, "");
  else node.removeAttribute(name);
}
export function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A picture's text as a PNG, twice as large. */
export async function savePng(text, w, h, name) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = dress(document.createElement("canvas"), { width: w * 2, height: h * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, w * 2, h * 2);
  canvas.toBlob((png) => save(png, name), "image/png");
}

/** Drawn elements as an SVG document that needs no style sheet, with room around `bounds`. */
export function pictureOf(canvas, world, { left, top, width, height }, title, ground) {
  const from = [canvas, ...world.querySelectorAll("*")];
  const copy = world.cloneNode(true);
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
  const [x, y, w, h] = [left - 40, top - 60, width + 80, height + 120];
  const svg = draw("svg", { xmlns: SVG, width: w, height: h, viewBox: `${x} ${y} ${w} ${h}` });
  draw("title", {}, svg, title);
  draw("rect", { x, y, width: w, height: h, fill: ground }, svg);
  svg.append(copy);
  return { text: new XMLSerializer().serializeToString(svg), w, h };
}
