// The desk: ticks, keys, the contact of a group, fields by kind, ready words and the mail beside a form.
// Everything here works without it.

const KEYS_OFF = "desk-keys-off";

function read(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

function write(name, value) {
  try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ }
}

// Ticks

function ticks(board) {
  const form = board.closest("form");
  if (!form) return;
  const all = form.querySelector("[data-desk-all]");
  const count = form.querySelector("[data-desk-count]");
  const boxes = [...board.querySelectorAll('input[name="pick"]')];
  if (!all || !boxes.length) return;
  const box = all.querySelector("input");
  const tell = () => {
    const ticked = boxes.filter((one) => one.checked).length;
    count.textContent = ticked ? count.dataset.words.replace("{}", ticked) : "";
    box.checked = ticked === boxes.length;
    box.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.hidden = false;
  box.addEventListener("change", () => {
    for (const one of boxes) one.checked = box.checked;
    tell();
  });
  board.addEventListener("change", tell);
  tell();
}

// Keys: only while the list itself has the focus, never in a field, and they can be switched off

function keys(board) {
  const rows = [...board.querySelectorAll("[data-desk-row]")];
  const dialog = document.getElementById("desk-keys");
  const search = document.getElementById("f-q");
  let at = -1;

  const go = (next) => {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, next));
    for (const row of rows) row.classList.toggle("is-at", row === rows[at]);
    rows[at].querySelector("[data-desk-open]").focus();
  };
  const doings = {
    j: () => go(at + 1),
    ArrowDown: () => go(at + 1),
    k: () => go(at - 1),
    ArrowUp: () => go(at - 1),
    x: () => rows[at]?.querySelector('input[name="pick"]')?.click(),
    "/": () => {
      search?.closest("details.desk-fold")?.setAttribute("open", "");
      search?.focus();
    },
    "?": () => dialog?.showModal(),
  };
  board.tabIndex = -1;
  board.addEventListener("click", (event) => {
    if (!event.target.closest("a, input, label, button")) go(rows.indexOf(event.target.closest("[data-desk-row]")));
  });
  board.addEventListener("focusin", (event) => {
    const row = rows.indexOf(event.target.closest("[data-desk-row]"));
    if (row >= 0) at = row;
    for (const one of rows) one.classList.toggle("is-at", one === rows[at]);
  });
  board.addEventListener("focusout", () => { for (const one of rows) one.classList.remove("is-at"); });
  board.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || read(KEYS_OFF)) return;
    if (event.target.matches('input:not([type="checkbox"]), textarea, select')) return;
    const doing = doings[event.key];
    if (!doing) return;
    event.preventDefault();
    doing();
  });

  const hint = document.querySelector("[data-desk-keys-hint]");
  if (hint && dialog) {
    hint.hidden = false;
    hint.querySelector("[data-desk-keys]").addEventListener("click", () => dialog.showModal());
    const off = dialog.querySelector("[data-desk-keys-off]");
    off.checked = Boolean(read(KEYS_OFF));
    off.addEventListener("change", () => write(KEYS_OFF, off.checked ? "1" : ""));
  }
}

// Entering a notice

function byKind(form) {
  const asked = JSON.parse(document.getElementById("desk-asked")?.textContent || "null");
  const kinds = [...form.querySelectorAll('input[name="kind"]')];
  if (!asked || !kinds.length) return;
  const show = () => {
    const kind = kinds.find((one) => one.checked)?.value;
    const names = new Set(asked[kind] || []);
    for (const part of form.querySelectorAll("[data-asks]")) {
      part.hidden = Boolean(kind) && !part.dataset.asks.split(" ").some((name) => names.has(name)) && !isFilled(part);
    }
  };
  form.addEventListener("change", (event) => { if (event.target.name === "kind") show(); });
  show();
}

function isFilled(part) {
  // what somebody typed is never hidden; years are filled in beforehand, and media are ticked beforehand
  return [...part.querySelectorAll("input, textarea, select")].some((field) => {
    if (/-year$|^media$/.test(field.name) || field.type === "hidden") return false;
    return field.type === "radio" || field.type === "checkbox" ? field.checked && field.value !== "none" : field.value.trim();
  });
}

function contact(form) {
  const button = form.querySelector("[data-desk-fill]");
  const group = form.querySelector('[name="group"]');
  if (!form.dataset.contact || !button || !group) return;
  const fill = async () => {
    if (!group.value) return;
    const answer = await fetch(`${form.dataset.contact}?group=${encodeURIComponent(group.value)}`, { credentials: "same-origin" });
    if (!answer.ok) return;
    for (const [name, value] of Object.entries(await answer.json())) {
      const field = form.querySelector(`[name="${name}"]`);
      if (field && value && (name === "group_name" || !field.value)) field.value = value;
    }
  };
  group.addEventListener("change", fill);
  button.addEventListener("click", (event) => { event.preventDefault(); fill(); });
}

// Words to the group, and the mail beside them

function words(form) {
  const field = form.querySelector("textarea");
  const ready = form.querySelector("[data-desk-phrases]");
  const letter = document.getElementById("letter");
  if (!field) return;
  const phrases = new Map();
  for (const item of ready?.querySelectorAll("li") ?? []) {
    const text = item.querySelector("span").textContent;
    if (item.dataset.reason) phrases.set(item.dataset.reason, text);
    const put = document.createElement("button");
    put.type = "button";
    put.className = "button button-small button-secondary";
    put.textContent = ready.dataset.put;
    put.addEventListener("click", () => { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); field.focus(); });
    item.append(document.createElement("br"), put);
  }
  form.addEventListener("change", (event) => {
    if (event.target.name !== "reason") return;
    const isUntouched = !field.value.trim() || [...phrases.values()].includes(field.value.trim());
    if (isUntouched) field.value = phrases.get(event.target.value) || "";
    look();
  });

  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const data = new FormData(form);
      data.set("look", "1");
      const answer = await fetch(form.action || location.href, { method: "POST", body: data, credentials: "same-origin" });
      if (!answer.ok || !letter) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("letter");
      if (fresh) letter.replaceChildren(...fresh.childNodes);
    }, 500);
  };
  field.addEventListener("input", look);
}

for (const board of document.querySelectorAll("[data-desk-board]")) {
  ticks(board);
  keys(board);
}
for (const form of document.querySelectorAll("[data-desk-entry]")) {
  byKind(form);
  contact(form);
}
for (const form of document.querySelectorAll("[data-desk-letter]")) words(form);
