// Keeps what is written on the server: some moments after each answer, at every step, and before the page is left.
// Shows how days and numbers were read, and the page to be.
const form = document.getElementById("form");
const { words } = JSON.parse(document.getElementById("form-table").textContent);
const SOON = 1_500;
const LATER = 20_000;
const fields = form.elements;
const said = form.querySelector("[data-saved]");
let timer = null;
let due = Infinity;
let running = null;
let isSent = false;
let before = written();

function written() {
  const data = body();
  for (const name of ["version", "csrfmiddlewaretoken", "draft", "resume", "rendered_at", "sum_done"]) data.delete(name);
  return JSON.stringify([...data]);
}

function body() {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

function plan(wait) {
  const wanted = Date.now() + wait;
  if (wanted >= due) return;
  clearTimeout(timer);
  due = wanted;
  timer = setTimeout(save, wait);
}

async function save({ extra = null, keepalive = false } = {}) {
  clearTimeout(timer);
  due = Infinity;
  if (isSent) return null;
  const text = written();
  if (text === before && !extra) return null;
  if (running) await running.catch(() => null);
  const data = body();
  if (extra) data.set(extra, "1");
  said.textContent = words.saving;
  running = fetch(form.dataset.save, { method: "POST", body: data, credentials: "same-origin", keepalive });
  try {
    const answer = await running;
    const told = await answer.json();
    if (told.sent) {
      isSent = true;
      location.assign(told.sent);
      return told;
    }
    if (!answer.ok) throw new Error((told.warned || []).join(" "));
    before = text;
    keep(told);
    return told;
  } catch (fault) {
    said.textContent = fault.message && !(fault instanceof TypeError) && !(fault instanceof SyntaxError) ? fault.message : words.unsaved;
    plan(LATER);
    return null;
  } finally {
    running = null;
  }
}

function keep(told) {
  fields.resume.value = told.token;
  fields.version.value = told.version;
  fields.draft.value = told.files;
  form.action = told.path;
  if (location.pathname !== told.path) history.replaceState(history.state, "", told.path + location.hash);
  said.textContent = [told.said, ...told.warned].join("　");
  for (const line of form.querySelectorAll("[data-got]")) {
    const got = told.understood[line.dataset.got];
    line.hidden = !got;
    line.querySelector("strong").textContent = got || "";
  }
}

form.addEventListener("input", () => plan(LATER));
form.addEventListener("change", () => plan(SOON));
form.addEventListener("notice:step", () => plan(300));
form.addEventListener("notice:files", () => save({ extra: "files" }));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save({ keepalive: true });
});
form.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  isSent = true;
  clearTimeout(timer);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // it may have been sent since
});

form.querySelector("[name=save]").addEventListener("click", async (event) => {
  event.preventDefault();
  await save({ extra: "asked" });
});
form.querySelector("[name=mail_link]").addEventListener("click", async (event) => {
  event.preventDefault();
  const told = await save({ extra: "mail_link" });
  form.querySelector("[data-mailed]").textContent = told?.mailed?.words ?? "";
});

// the page to be

const wide = matchMedia("(min-width: 64rem)");
const side = document.querySelector("[data-look-side]");
const here = form.querySelector("[data-look-here]");
const look = document.getElementById("look-frame").content.firstElementChild.cloneNode(true);
const frame = look.querySelector("iframe");
let lookTimer = null;
let looking = null;
let looked = "";

function place() {
  (wide.matches ? side : here).append(look);
  planLook(100);
}

function planLook(wait = 1_200) {
  clearTimeout(lookTimer);
  lookTimer = setTimeout(draw, wait);
}

async function draw() {
  const isWritten = fields.title.value.trim() || fields.text.value.trim() || fields.about_text.value.trim();
  look.hidden = !isWritten;
  const isInSight = wide.matches || !form.classList.contains("is-stepped") || form.dataset.step === "send";
  if (!isWritten || !isInSight) return;
  const text = written() + fields.draft.value + form.querySelectorAll(".upload__kept").length;
  if (text === looked) return;
  looking?.abort();
  looking = new AbortController();
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: body(), credentials: "same-origin", signal: looking.signal });
    if (!answer.ok) return;
    const html = await answer.text();
    const top = frame.contentWindow?.scrollY ?? 0;
    frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, top), { once: true });
    frame.srcdoc = html;
    looked = text;
  } catch {
    // typed on, or no connection: the next one comes
  }
}

form.addEventListener("input", () => planLook());
form.addEventListener("change", () => planLook());
form.addEventListener("notice:step", () => planLook(100));
form.addEventListener("notice:files", () => planLook(100));
wide.addEventListener("change", place);
place();
