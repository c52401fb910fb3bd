// Each file is sent on its own as soon as it is chosen, with its progress; it is cleaned and kept in the draft.
// Without it the files go with the form.
const form = document.getElementById("form");
const { words } = JSON.parse(document.getElementById("form-table").textContent);
const box = form.querySelector("[data-uploads]");
const sending = form.querySelector("[data-sending]");
const sentence = sending.querySelector("[data-sending-words]");
const bar = sending.querySelector("progress");
const consent = form.querySelector("[data-field=has_photo_consent]");
const alone = form.querySelector("[data-flyer-alone]");
const put = (text, values) => text.replace(/%\((\w+)\)s/g, (all, name) => values[name] ?? all).replaceAll("%%", "%");
let queue = Promise.resolve();
let request = null;

function ready() {
  for (const input of box.querySelectorAll("input[type=file]")) input.multiple = true;
  for (const alt of box.querySelectorAll("[data-alt-empty]")) alt.hidden = true;
  for (const reserve of box.querySelectorAll("[data-reserve]")) reserve.hidden = true; // one place takes several files
  consent.hidden = !box.querySelector(".upload__picture") && !consent.querySelector("input").checked;
  warn();
}

function warn() {
  alone.hidden = !box.querySelector(".upload__kept") || Boolean(form.elements.text.value.trim());
}

function ask(name, value) {
  return new Promise((resolve) => {
    const data = new FormData();
    for (const field of ["csrfmiddlewaretoken", "resume", "draft"]) data.set(field, form.elements[field].value);
    for (const alt of box.querySelectorAll("input[name^=alt]")) data.set(alt.name, alt.value);
    data.set(name, value);
    request = new XMLHttpRequest();
    request.open("POST", form.dataset.upload);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable || !(value instanceof File)) return;
      const percent = Math.round((event.loaded / event.total) * 100);
      bar.value = percent;
      sentence.textContent = put(percent < 100 ? words.uploading : words.checking, { name: value.name, percent });
      if (percent === 100) bar.removeAttribute("value");
    });
    request.addEventListener("loadend", () => resolve(request.status === 200 ? request.response : null));
    request.send(data);
  });
}

async function send(file) {
  sending.hidden = false;
  bar.value = 0;
  sentence.textContent = put(words.uploading, { name: file.name, percent: 0 });
  const free = box.querySelector("input[type=file]")?.name ?? "file5";
  const told = await ask(free, file);
  sentence.textContent = put(told ? (told.refused.length ? told.refused[0] : words.kept) : words.failed, { name: file.name });
  bar.hidden = true;
  sending.hidden = Boolean(told?.refused.length); // said in its row
  if (told) take(told);
}

function take(told) {
  box.innerHTML = told.html;
  form.elements.draft.value = told.files;
  ready();
  const refused = box.querySelector("[aria-invalid]");
  const kept = [...box.querySelectorAll(".upload__kept")].at(-1);
  (refused ?? kept?.closest("fieldset").querySelector("input[type=text]"))?.focus();
  form.dispatchEvent(new CustomEvent("notice:files"));
}

box.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.files.length) return;
  const files = [...input.files];
  input.value = "";
  for (const file of files) {
    queue = queue.then(() => {
      bar.hidden = false;
      return send(file);
    });
  }
});
box.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=drop]");
  if (!button) return;
  event.preventDefault();
  queue = queue.then(async () => {
    const told = await ask("drop", button.value);
    if (told) take(told);
    else sentence.textContent = words.unsaved;
  });
});
form.elements.text.addEventListener("input", warn);
ready();
