// On a narrow screen the form goes in steps: one part at a time, a line that says where one is, back and next.
// Each step has an address (#step-what), so that the browser's own back button works; links to a field lead to its step.
const form = document.getElementById("form");
const { words } = JSON.parse(document.getElementById("form-table").textContent);
const narrow = matchMedia("(max-width: 47.99rem)");
const nav = form.querySelector("[data-steps]");
const line = document.createElement("div");
line.className = "step-line";
line.innerHTML = '<p></p><progress aria-hidden="true"></progress>';
line.hidden = true;
form.querySelector("[data-part]").before(line);

const parts = () => [...form.querySelectorAll("[data-part]")].filter((part) => !part.hidden);
let now = "who";

function draw({ focus = false } = {}) {
  const list = parts();
  let index = list.findIndex((part) => part.dataset.part === now);
  if (index < 0) index = 0;
  now = list[index].dataset.part;
  for (const part of form.querySelectorAll("[data-part]")) {
    part.classList.toggle("is-away", narrow.matches && part.dataset.part !== now);
  }
  form.classList.toggle("is-stepped", narrow.matches);
  document.body.classList.toggle("in-step", narrow.matches && index > 0);
  document.body.classList.toggle("in-last-step", narrow.matches && index === list.length - 1);
  nav.hidden = line.hidden = !narrow.matches;
  if (!narrow.matches) return;
  const sentence = words.step.replace("%(number)s", index + 1).replace("%(count)s", list.length);
  line.querySelector("p").textContent = sentence;
  line.querySelector("progress").max = list.length;
  line.querySelector("progress").value = index + 1;
  nav.querySelector("[data-next]").hidden = index === list.length - 1;
  nav.querySelector("[data-back]").hidden = index === 0;
  form.dataset.step = now;
  form.dispatchEvent(new CustomEvent("notice:step", { detail: { part: now, isLast: index === list.length - 1 } }));
  if (focus) {
    const heading = list[index].querySelector("h2");
    heading.focus({ preventScroll: true });
    line.scrollIntoView({ block: "start" });
  }
}

function go(part) {
  if (part && location.hash !== `#step-${part}`) location.hash = `step-${part}`;
  else draw({ focus: true });
}

function fromAddress({ focus }) {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id.startsWith("step-")) {
    now = id.slice(5);
    draw({ focus });
    return true;
  }
  const part = id && document.getElementById(id)?.closest("[data-part]");
  if (!part) return false;
  now = part.dataset.part;
  draw();
  if (narrow.matches) {
    const field = document.getElementById(id);
    field.closest("details")?.setAttribute("open", "");
    field.scrollIntoView({ block: "center" });
    if (field.matches("input, textarea, select")) field.focus({ preventScroll: true });
  }
  return true;
}

nav.querySelector("[data-next]").addEventListener("click", () => {
  const list = parts();
  go(list[list.findIndex((part) => part.dataset.part === now) + 1]?.dataset.part);
});
nav.querySelector("[data-back]").addEventListener("click", () => {
  const list = parts();
  go(list[list.findIndex((part) => part.dataset.part === now) - 1]?.dataset.part);
});
// saving gives the form an address of its own, and between two of them the browser's "back" tells no change of hash
addEventListener("popstate", () => {
  if (!location.hash && narrow.matches) {
    now = "who";
    draw({ focus: true });
  } else fromAddress({ focus: true });
});
narrow.addEventListener("change", () => draw());
form.addEventListener("notice:kind", () => draw());
// Enter in a field goes on to the next step instead of sending half a form
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !narrow.matches || event.defaultPrevented) return;
  if (!event.target.matches("input:not([type=file]):not([type=submit])")) return;
  const next = nav.querySelector("[data-next]");
  if (next.hidden) return;
  event.preventDefault();
  next.click();
});

const faulty = form.querySelector("[data-part] .error")?.closest("[data-part]");
if (faulty) now = faulty.dataset.part;
if (faulty || !fromAddress({ focus: false })) draw();
if (document.getElementById("summary")) document.getElementById("summary").focus();
