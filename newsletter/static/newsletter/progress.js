// Keeps the numbers of an issue on its way fresh. Without it, opening the screen again shows them.

const EVERY = 4000;
const SLOWEST = 60000;

const box = document.querySelector("[data-progress]");
if (box) watch(box);

function watch(box) {
  const numbers = box.querySelector("[data-progress-numbers]");
  const spoken = box.querySelector("[data-progress-spoken]");
  let wait = EVERY;

  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const now = await answer.json();
        numbers.innerHTML = now.html;
        if (spoken.textContent !== now.words) spoken.textContent = now.words;
        box.querySelector("[data-progress-lost]").hidden = true;
        wait = EVERY;
        if (now.state !== box.dataset.state) {
          box.querySelector("[data-progress-changed]").hidden = false;
          return;
        }
      } catch {
        box.querySelector("[data-progress-lost]").hidden = false;
        wait = Math.min(wait * 2, SLOWEST);
      }
    }
    setTimeout(look, wait);
  };
  setTimeout(look, wait);
}
