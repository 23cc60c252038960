// The page is whole without this: it sorts tables by a column, copies commands, and
// opens what is folded for print where the style sheet cannot.
"use strict";
addEventListener("beforeprint", () => {
  for (const d of document.querySelectorAll("details:not([open])")) { d.open = true; d.dataset.printed = ""; }
});
addEventListener("afterprint", () => {
  for (const d of document.querySelectorAll("details[data-printed]")) { d.open = false; delete d.dataset.printed; }
});
const value = (cell) => "v" in cell.dataset ? parseFloat(cell.dataset.v) : NaN;
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
        const p = value(a.cells[column]), q = value(b.cells[column]);
        const order = isNaN(p) || isNaN(q) ? x.localeCompare(y) : p - q;
        return down ? -order : order;
      });
      body.append(...rows);
    });
  });
}
for (const code of document.querySelectorAll(".command code, .commands code")) {
  const button = document.createElement("button");
  button.className = "copy";
  button.textContent = "copy";
  button.addEventListener("click", () => {
    const range = document.createRange();
    range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    const done = () => { button.textContent = "copied"; setTimeout(() => { button.textContent = "copy"; }, 1500); };
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(done, () => document.execCommand("copy") && done());
    else if (document.execCommand("copy")) done();
  });
  code.after(" ", button);
}
