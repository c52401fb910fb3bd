// Copies the words of a post. Without it they can be marked and copied by hand all the same.
for (const box of document.querySelectorAll("[data-copy]")) {
  const button = box.querySelector("[data-copy-button]");
  const said = box.querySelector("[data-copy-said]");
  const text = box.querySelector("[data-copy-text]");
  if (!navigator.clipboard || !button || !text) continue; // no secure connection, or an old browser
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    try {
      await navigator.clipboard.writeText(text.value);
      said.textContent = said.dataset.words;
    } catch {
      text.select();
      said.textContent = said.dataset.fault;
    }
  });
}
