package browser

// legible lists what cannot be read on a page: texts that are wider than their boxes, or outside of them in a drawing, a page that
// scrolls sideways, colours that are too near to each other, and characters that no font has.
const legible = `(() => {
  const problems = [];
  const say = (what, e) => problems.push(what + ": <" + e.tagName.toLowerCase() + " " + (e.className.baseVal ?? e.className) + "> " + e.textContent.trim().slice(0, 60));
  const shown = (e) => e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true }) && !e.closest(".hidden, .skip");

  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) say("the page scrolls sideways", document.documentElement);

  for (const e of document.querySelectorAll("td, th, button, a, h1, h2, h3, label, dt, dd, summary, p, li, legend, option, .count, .chip")) {
    if (shown(e) && e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && !e.querySelector(".scroll")) say("wider than its box", e);
  }
  for (const e of document.querySelectorAll("main *")) {
    if (!shown(e) || e.closest(".scroll, svg, datalist, option") || e.closest("nav")) continue;
    const r = e.getBoundingClientRect();
    if (r.right > document.documentElement.clientWidth + 1 || r.left < -1) say("outside of the page", e);
  }
  for (const text of document.querySelectorAll("svg text")) {
    const t = text.getBBox(), r = text.parentElement.querySelector("rect").getBBox();
    if (t.x < r.x || t.y < r.y || t.x + t.width > r.x + r.width || t.y + t.height > r.y + r.height) say("outside of its box", text);
  }

  const numbers = (c) => c.match(/[\d.]+/g).map(Number);
  const light = (c) => {
    const [r, g, b] = numbers(c).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (c !== "rgba(0, 0, 0, 0)" && (numbers(c)[3] ?? 1) === 1) return c;
    }
    return "rgb(255, 255, 255)";
  };
  const characters = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !shown(e) || e.tagName === "OPTION") continue;
    const style = getComputedStyle(e);
    for (const c of texts.currentNode.data) if (c.trim()) characters.set(c, style.fontFamily);
    const box = e.closest("svg") ? e.parentElement.querySelector("rect") : null;
    const ground = box ? getComputedStyle(box).fill : behind(e);
    const ink = box ? style.fill : style.color;
    const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) say("hard to read, " + ink + " on " + ground, e);
  }

  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const draw = canvas.getContext("2d", { willReadFrequently: true });
  const picture = (c, font) => {
    draw.clearRect(0, 0, 32, 32);
    draw.font = "20px " + font;
    draw.fillText(c, 2, 24);
    return draw.getImageData(0, 0, 32, 32).data.join();
  };
  for (const [c, font] of characters) {
    if (/[\p{Cf}\p{Mn}]/u.test(c)) continue;
    if (picture(c, font) === picture("\u{10FFFD}", font)) problems.push("no font has " + c);
  }
  return problems;
})()`
