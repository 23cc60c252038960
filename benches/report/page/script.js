// The page is whole without this: it sorts tables by a column, and opens what
// is folded for print where the style sheet cannot.
"use strict";
addEventListener("beforeprint", () => {
  for (const d of document.querySelectorAll("details:not([open])")) { d.open = true; d.dataset.printed = ""; }
});
addEventListener("afterprint", () => {
  for (const d of document.querySelectorAll("details[data-printed]")) { d.open = false; delete d.dataset.printed; }
});
const steps = { "ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "B/s": 1, "kB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9 };
const value = (text) => {
  const m = /^([+-]?[\d.]+)\s*([kMG](?![B])|[^\s[(]*)/.exec(text);
  return m ? parseFloat(m[1]) * (steps[m[2]] || { k: 1e3, M: 1e6, G: 1e9 }[m[2]] || 1) : NaN;
};
for (const table of document.querySelectorAll("details table")) {
  const body = table.tBodies[0];
  table.querySelectorAll("th").forEach((th, column) => {
    const button = document.createElement("button");
    button.textContent = th.textContent;
    button.title = "sort";
    th.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = th.getAttribute("aria-sort") === "ascending";
      for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => {
        const x = a.cells[column].textContent.trim(), y = b.cells[column].textContent.trim();
        const p = value(x), q = value(y);
        const order = isNaN(p) || isNaN(q) ? x.localeCompare(y) : p - q;
        return down ? -order : order;
      });
      body.append(...rows);
    });
  });
}
