// The order of an issue: drag by the dots, or the arrows without loading the page anew; and the count of characters.
// Everything here works without it: each arrow is a form of its own, and dragging posts that same form.

const page = document.querySelector("[data-issue]");
const said = page.querySelector("[data-said]");
const EDGE = 80; // px from the edge of the window at which a drag scrolls
const STEP = 12;
let isBusy = false;

const say = (words) => { said.textContent = words; };

// Saving: the answer is the whole page; its living parts take the place of ours

function takeOver(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of page.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(part.id);
    if (other) part.innerHTML = other.innerHTML;
  }
  const frame = page.querySelector("[data-preview]");
  if (frame) frame.src = frame.getAttribute("src");
  prepare();
  const told = fresh.querySelector(".messages");
  return told ? told.textContent.replace(/\s+/g, " ").trim() : "";
}

function focusOn(key, item) {
  const wanted = key && page.querySelector(`[data-key="${key}"]`);
  const spare = item && page.querySelector(`[data-item="${item}"] .issue-arrow:not(:disabled)`);
  const target = wanted && !wanted.disabled ? wanted : spare;
  if (target) target.focus({ preventScroll: false });
}

async function save(form, fields, key, item) {
  if (isBusy) return;
  isBusy = true;
  say(page.dataset.busyWords);
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    say(takeOver(await answer.text()));
    if (key || item) focusOn(key, item);
  } catch {
    say(page.dataset.faultWords);
  } finally {
    isBusy = false;
  }
}

page.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-quiet]");
  if (!form) return;
  event.preventDefault();
  const fields = new FormData(form);
  const button = event.submitter;
  if (button?.name) fields.set(button.name, button.value);
  save(form, fields, button?.dataset.key, fields.get("page"));
});

// Dragging: pointer events, so that a finger works as a mouse does; Escape puts the item back

function under(x, y) {
  const found = document.elementFromPoint(x, y);
  return { item: found?.closest("[data-item]"), list: found?.closest(".issue-group")?.querySelector("[data-section]") };
}

function drag(event) {
  const item = event.target.closest("[data-item]");
  const from = { list: item.parentElement, next: item.nextElementSibling };
  const mayDrop = (list) => list?.dataset.section;

  const move = (at) => {
    at.preventDefault();
    if (at.clientY < EDGE) window.scrollBy(0, -STEP);
    if (at.clientY > window.innerHeight - EDGE) window.scrollBy(0, STEP);
    const { item: other, list } = under(at.clientX, at.clientY);
    if (other && other !== item && mayDrop(other.parentElement)) {
      const box = other.getBoundingClientRect();
      other.parentElement.insertBefore(item, at.clientY < box.top + box.height / 2 ? other : other.nextSibling);
    } else if (!other && mayDrop(list) && !list.querySelector(`[data-item]:not([data-item="${item.dataset.item}"])`)) {
      list.append(item);
    }
  };
  const end = () => {
    for (const [name, act] of Object.entries(acts)) document.removeEventListener(name, act);
    item.classList.remove("is-dragged");
    page.classList.remove("is-dragging");
  };
  const back = () => { end(); from.list.insertBefore(item, from.next); };
  const drop = () => {
    end();
    if (item.parentElement === from.list && item.nextElementSibling === from.next) return;
    const form = item.querySelector("[data-place]");
    const fields = new FormData(form);
    fields.set("section", item.parentElement.dataset.section);
    fields.set("position", [...item.parentElement.querySelectorAll("[data-item]")].indexOf(item));
    save(form, fields, null, null);
  };
  const acts = {
    pointermove: move,
    pointerup: drop,
    pointercancel: back,
    keydown: (key) => { if (key.key === "Escape") back(); },
  };
  for (const [name, act] of Object.entries(acts)) document.addEventListener(name, act, { passive: false });
  item.classList.add("is-dragged");
  page.classList.add("is-dragging");
}

page.addEventListener("pointerdown", (event) => {
  if (isBusy || event.button || !event.target.closest("[data-grip]")) return;
  event.preventDefault();
  drag(event);
});

// Counting characters

function count(field) {
  const place = field.closest("form").querySelector("[data-counted]");
  const words = place?.dataset.words;
  if (words) place.textContent = words.replace("{}", field.value.length).replace("{most}", field.maxLength);
}

page.addEventListener("input", (event) => { if (event.target.matches("[data-count]")) count(event.target); });

function prepare() {
  for (const part of page.querySelectorAll("[data-grip], [data-drag-hint]")) part.hidden = false;
  for (const field of page.querySelectorAll("[data-count]")) count(field);
}

prepare();
