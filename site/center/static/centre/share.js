// Copies the address of the page. Without it the address stands there all the same.
for (const share of document.querySelectorAll("[data-share]")) {
  const button = share.querySelector("[data-share-copy]");
  const said = share.querySelector("[data-share-said]");
  const address = share.querySelector("[data-share-address]");
  if (!navigator.clipboard) continue; // no secure connection, or an old browser
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    try {
      await navigator.clipboard.writeText(address.textContent);
      said.textContent = said.dataset.words;
    } catch {
      said.textContent = said.dataset.fault;
    }
  });
}
