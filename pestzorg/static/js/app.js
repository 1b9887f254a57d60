/* The script of every page. It adds comfort; every page works without it. It stores nothing.
   Beside it there is only autosave.js, on pages where much is typed. */
(() => {
  "use strict";

  /* 1. Hide at once: the button, or Escape twice. Replaces the page, so that "back" does not return. */
  const unsaved = new Set();
  const hide = () => {
    const link = document.querySelector("[data-hide]");
    if (!link) return;
    const { href } = link;
    unsaved.clear(); // hiding must never be held up by a question
    watchLeaving();
    // Gone at once, also when the next page is slow to come, or does not come at all.
    document.body.replaceChildren();
    document.title = "";
    location.replace(href);
  };
  /* A page that the browser kept in memory is asked for again: the server knows whether the reader hid. */
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  let lastEscape = -Infinity;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeSheets(null);
    if (event.timeStamp - lastEscape < 600) hide();
    lastEscape = event.timeStamp;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-hide]")) {
      event.preventDefault();
      hide();
    }
    closeSheets(event.target);
  });

  /* 2. A sheet or menu closes on a click outside it. */
  function closeSheets(target) {
    document.querySelectorAll("details[data-sheet][open]").forEach((sheet) => {
      if (!sheet.contains(target)) sheet.open = false;
    });
  }

  /* 3. Errors: bring the reader to the summary, on a new page and after a swap. */
  const focusErrors = (root) => {
    const summary = root.querySelector("[data-error-summary]");
    if (!summary) return;
    // A fragment that is still in the address ("#content") would take the reader somewhere else.
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
    summary.focus();
  };
  focusErrors(document);
  document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));

  /* A part that was answered from elsewhere is the sign-in page: the session has ended, and it belongs in no part. */
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const asked = new URL(detail.requestConfig.path, location.href).pathname;
    if (new URL(detail.xhr.responseURL, location.href).pathname !== asked) detail.shouldSwap = false;
  });

  /* 4. Ask before typed text is lost. Listens only while something is unsaved. */
  const ask = (event) => event.preventDefault();
  function watchLeaving() {
    unsaved.forEach((form) => form.isConnected || unsaved.delete(form));
    if (unsaved.size) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  }
  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[method=post]:not([data-quiet])");
    if (form) unsaved.add(form);
    watchLeaving();
  });
  const isSafe = ({ target, defaultPrevented }) => {
    if (!defaultPrevented) unsaved.delete(target);
    watchLeaving();
  };
  ["submit", "pz:kept"].forEach((name) => document.addEventListener(name, isSafe));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.xhr.status < 400) unsaved.delete(event.target.closest("form"));
    watchLeaving();
  });

  /* 5. Offline: say so, mildly. */
  const banner = document.querySelector("[data-offline]");
  const showConnection = () => {
    if (banner) banner.hidden = navigator.onLine;
  };
  addEventListener("online", showConnection);
  addEventListener("offline", showConnection);
  showConnection();

  /* Signing out leaves nothing behind in this tab, not even what is encrypted. */
  document.addEventListener("submit", ({ target }) => {
    if (target.matches("[action$='/logout/']")) sessionStorage.clear();
  });

  /* 6. The clock page shows the time and day of this device. */
  const clock = document.querySelector("[data-clock]");
  if (clock) {
    const today = document.querySelector("[data-today]");
    const { lang } = document.documentElement;
    const show = () => {
      const now = new Date();
      clock.textContent = now.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
      today.textContent = now.toLocaleDateString(lang, { weekday: "long", day: "numeric", month: "long" });
    };
    show();
    setInterval(show, 10000);
  }

  /* 7. A question that hangs on another answer steps back until that answer is given; what is filled in stays. */
  const isTick = (field) => ["radio", "checkbox"].includes(field.type);
  const isFilled = (field) => (isTick(field) ? field.checked : field.value !== "");
  const isChanged = (field) =>
    isTick(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  function stepBack() {
    document.querySelectorAll("[data-applies]").forEach((box) => {
      const [name, ...answers] = box.dataset.applies.split(" ");
      const given = new FormData(box.closest("form")).getAll(name);
      const isFree = answers.some((answer) => given.includes(answer));
      const counts = "proposed" in box.dataset ? isChanged : isFilled;
      const isUsed = [...box.querySelectorAll("input, select, textarea")].some(counts);
      box.hidden = !isFree && !isUsed && !box.querySelector(".pz-err");
    });
  }
  stepBack();
  addEventListener("change", stepBack);
  addEventListener("htmx:afterSwap", stepBack);

  /* 8. htmx notes the address of the page in sessionStorage, and an address may hold a search for a name. */
  const forgetAddress = () => sessionStorage.removeItem("htmx-current-path-for-history");
  forgetAddress();
  addEventListener("pagehide", forgetAddress);

  /* 9. Who taps a pupil has found them: the answer to a search that is still under way would take the choice away. */
  addEventListener("change", ({ target }) => {
    const search = target.closest("#pupils") && document.querySelector('[hx-target="#pupils"]');
    search?.dispatchEvent(new CustomEvent("htmx:abort", { bubbles: true, detail: {} }));
  });
})();
