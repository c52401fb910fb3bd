// Suggests the city's facilities while the place is typed: by name, reading or address. Without it the browser's own list
// of names does it.
const form = document.getElementById("form");
const { words } = JSON.parse(document.getElementById("form-table").textContent);
const input = form.elements.venue_name;
const list = document.createElement("ul");
const status = document.createElement("p");
let timer = null;
let asked = "";
let active = -1;

input.removeAttribute("list");
document.getElementById("places")?.remove();
list.id = "place-list";
list.className = "suggest";
list.hidden = true;
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", input.labels[0].firstChild.data);
status.className = "hide-eye";
status.setAttribute("role", "status");
input.after(list, status);
for (const [name, value] of Object.entries({
  role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
})) input.setAttribute(name, value);

function close() {
  list.hidden = true;
  active = -1;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function choose(option) {
  input.value = option.dataset.name;
  asked = input.value;
  close();
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.focus();
}

function mark(index) {
  const options = [...list.children];
  active = (index + options.length) % options.length;
  options.forEach((option, number) => option.setAttribute("aria-selected", number === active));
  input.setAttribute("aria-activedescendant", options[active].id);
  options[active].scrollIntoView({ block: "nearest" });
}

function draw(places) {
  list.replaceChildren(
    ...places.map((place, number) => {
      const option = document.createElement("li");
      option.id = `place-${number}`;
      option.dataset.name = place.name;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const name = document.createElement("b");
      const address = document.createElement("span");
      name.textContent = place.name;
      address.textContent = place.address;
      option.append(name, address);
      return option;
    }),
  );
  list.hidden = places.length === 0;
  active = -1;
  input.setAttribute("aria-expanded", String(places.length > 0));
  status.textContent = places.length ? words.found.replace("%(count)s", places.length) : words.none_found;
}

input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const typed = input.value.trim();
    if (!typed) return close();
    asked = typed;
    try {
      const answer = await fetch(`${form.dataset.places}?q=${encodeURIComponent(typed)}`);
      const { places } = await answer.json();
      if (asked === typed && document.activeElement === input) draw(places);
    } catch {
      close();
    }
  }, 200);
});
input.addEventListener("keydown", (event) => {
  if (list.hidden || event.isComposing) return;
  if (event.key === "ArrowDown") mark(active + 1);
  else if (event.key === "ArrowUp") mark(active - 1);
  else if (event.key === "Escape") close();
  else if (event.key === "Enter" && active >= 0) choose(list.children[active]);
  else return;
  event.preventDefault();
});
list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) choose(option);
});
input.addEventListener("blur", () => setTimeout(() => document.activeElement === input || close(), 150));
