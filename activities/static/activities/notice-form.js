// The form of notices: hides what a kind does not need, and adds and takes out dates without a reload.
// Everything works without it; the server knows the same table (notices/kind_fields.py).
const form = document.getElementById("form");
const { kinds, words } = JSON.parse(document.getElementById("form-table").textContent);
const put = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (all, name) => values[name] ?? all).replaceAll("%%", "%");

for (const part of form.querySelectorAll("[data-without-script]")) part.hidden = true;

// kinds

function setText(node, text) {
  if (node?.firstChild) node.firstChild.data = text;
}

function show(kind) {
  const table = kinds[kind];
  if (!table) return;
  const asked = new Set(table.asked);
  for (const field of form.querySelectorAll("[data-field]")) {
    if (field.dataset.field !== "has_photo_consent") field.hidden = !asked.has(field.dataset.field);
  }
  for (const group of form.querySelectorAll("[data-field-group]")) {
    group.hidden = !group.dataset.fieldGroup.split(" ").some((name) => asked.has(name));
  }
  for (const part of form.querySelectorAll("[data-part]")) {
    const number = table.parts.indexOf(part.dataset.part) + 1;
    part.hidden = number === 0;
    part.querySelector("[data-number]").textContent = number || "";
  }
  setText(form.querySelector("label[for=id_title]"), table.words.title);
  setText(form.querySelector("label[for=id_text]"), table.words.text);
  setText(document.getElementById("id_text_hint"), table.words.text_hint);
  form.querySelector("[data-part=when] [data-title]").textContent = table.words.when;
  form.elements.shown.value = kind;
  form.dispatchEvent(new CustomEvent("notice:kind"));
}

const chosen = () => form.querySelector("[name=kind]:checked")?.value;
for (const choice of form.querySelectorAll("[name=kind]")) choice.addEventListener("change", () => show(choice.value));
if (chosen()) show(chosen());

// what depends on one answer

function follow() {
  const paid = form.querySelector("[name=fee_way][value=paid]").checked;
  const way = form.querySelector("[name=application_way]:checked")?.value;
  const applies = Boolean(way) && way !== "none";
  const isEvent = chosen() === "event";
  const fields = { fee: paid, application_text: applies, is_walk_in: applies };
  for (const [name, needed] of Object.entries(fields)) {
    const field = form.querySelector(`[data-field=${name}]`);
    field.hidden = !isEvent || (!needed && !field.querySelector(".error"));
  }
  if (isEvent) form.querySelector("[data-field=deadline]").hidden = !applies && !form.elements["deadline-day"].value;
}
form.addEventListener("change", follow);
form.addEventListener("notice:kind", follow);
follow();

// dates

const PARTS = ["year", "month", "day", "starts", "ends", "last_month", "last_day"];
const box = form.querySelector("[data-sessions]");
const sessions = () => [...box.querySelectorAll("[data-session]")];
const at = (row, part) => row.querySelector(`input[name$="-${part}"]`);
const read = (row) => Object.fromEntries(PARTS.map((part) => [part, at(row, part).value]));

function write(row, values) {
  for (const part of PARTS) at(row, part).value = values[part] ?? "";
  row.querySelector("details").open = Boolean(values.last_month || values.last_day);
}

function blank(number) {
  const row = box.querySelector("[data-session]").cloneNode(true);
  const renumber = (text) => text.replace(/(^|id_|\s)s\d+(?=-|$)/g, `$1s${number}`);
  for (const node of row.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby", "data-got"]) {
      if (node.hasAttribute(name) && node.name !== "remove") node.setAttribute(name, renumber(node.getAttribute(name)));
    }
    node.removeAttribute("aria-invalid");
    node.classList.remove("field--error");
  }
  for (const error of row.querySelectorAll(".error, .stamp--warn")) error.remove();
  row.querySelector("[data-got]").hidden = true;
  row.id = `row${number}`;
  row.querySelector("legend").textContent = put(words.date, { number });
  const button = row.querySelector("[name=remove]");
  button.value = number;
  button.textContent = put(words.take_out, { number });
  return row;
}

function counted() {
  form.elements.rows.value = sessions().length;
  for (const row of sessions()) row.querySelector("[data-take-out]").hidden = sessions().length < 2;
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function weekLater({ year, month, day, starts, ends }) {
  const figures = [year, month, day].map((text) => Number(text.normalize("NFKC")));
  const later = new Date(figures[0], figures[1] - 1, figures[2] + 7);
  const isDay = figures.every((figure) => figure > 0) && !Number.isNaN(later.getTime());
  const date = isDay ? { year: later.getFullYear(), month: later.getMonth() + 1, day: later.getDate() } : { year };
  return { ...date, starts, ends };
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=add], button[name=remove]");
  if (!button) return;
  const rows = sessions();
  if (button.name === "add") {
    if (rows.length >= 40) return;
    event.preventDefault();
    const last = read(rows.at(-1));
    const row = blank(rows.length + 1);
    write(row, button.value === "week" ? weekLater(last) : { year: last.year });
    box.append(row);
    at(row, button.value === "week" ? "day" : "month").focus();
  } else {
    event.preventDefault();
    const number = Number(button.value);
    const values = rows.map(read).filter((_row, index) => index !== number - 1);
    rows.at(-1).remove();
    sessions().forEach((row, index) => write(row, values[index]));
    const before = sessions()[Math.max(0, number - 2)];
    at(before, "day").focus();
  }
  counted();
});
