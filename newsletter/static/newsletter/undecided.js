/* The list of mails to decide about: ticks all of the page, and says how many are ticked. Everything works without it. */
const form = document.querySelector("[data-undecided]");
form?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});
const all = form?.querySelector("[data-tick-all]");
if (all) {
  const box = all.querySelector("input");
  const ticks = [...form.querySelectorAll(".sending-tick")];
  const count = form.querySelector("[data-ticked-count]");
  const say = () => {
    const ticked = ticks.filter((tick) => tick.checked).length;
    count.textContent = ticked ? `${ticked}　` : "";
    box.checked = ticked === ticks.length;
    box.indeterminate = ticked > 0 && ticked < ticks.length;
  };
  all.hidden = false;
  box.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = box.checked;
    say();
  });
  form.addEventListener("change", say);
  say();
}
