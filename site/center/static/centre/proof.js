// Solves the form's little sum (center/intake/proof_of_work.py) in the background as soon as somebody touches the form,
// and puts the answer into its hidden field. Nothing is seen of it; without it the form works all the same.
(function () {
  "use strict";
  const WAIT = 3000; // ms: whoever sends at once waits so long at most for the answer

  function prepare(field) {
    const form = field.form;
    if (!form || field.dataset.ready) return;
    field.dataset.ready = "1";
    let begun = false;
    let asked = null; // the button that was pressed while the sum was being done
    let asking = false;

    function done(answer) {
      if (answer) field.value = answer;
      field.dataset.done = "1";
      if (asking) send();
    }

    function send() {
      if (!asking) return;
      asking = false;
      field.dataset.done = "1";
      if (form.requestSubmit) form.requestSubmit(asked && asked.form === form ? asked : undefined);
      else form.submit();
    }

    function begin() {
      if (begun) return;
      begun = true;
      if (field.value) return done("");
      let challenge;
      try {
        challenge = JSON.parse(field.dataset.challenge);
        const worker = new Worker(field.dataset.worker);
        worker.onmessage = function (event) {
          worker.terminate();
          const number = event.data;
          if (typeof number !== "number") return done("");
          const { algorithm, salt, signature } = challenge;
          done(btoa(JSON.stringify({ algorithm, challenge: challenge.challenge, number, salt, signature })));
        };
        worker.onerror = function () { done(""); };
        worker.postMessage({ salt: challenge.salt, challenge: challenge.challenge, most: challenge.maxNumber });
      } catch {
        done("");
      }
    }

    for (const kind of ["focusin", "pointerdown", "keydown", "input", "change"]) {
      form.addEventListener(kind, begin, { once: true, passive: true });
    }
    form.addEventListener("submit", function (event) {
      begin();
      if (field.dataset.done || event.defaultPrevented || !form.requestSubmit) return;
      event.preventDefault();
      if (asking) return;
      asking = true;
      asked = event.submitter || null;
      setTimeout(send, WAIT);
    });
  }

  for (const field of document.querySelectorAll("input[data-challenge]")) prepare(field);
})();
