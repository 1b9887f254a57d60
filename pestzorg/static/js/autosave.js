/* Keeps what is typed: every few seconds a draft goes to the server. What cannot go waits in this tab, encrypted
   with a key that only the signed-in session gets. Comfort only: each form works without it. */
(() => {
  "use strict";
  const forms = document.querySelectorAll("form[data-autosave]");
  const words = document.querySelector("[data-autosave-words]")?.dataset;
  if (!forms.length || !words) return;

  const TOKEN = "csrfmiddlewaretoken";
  const TOO_LONG = 8000; // milliseconds; a server that takes longer counts as gone
  const FIRST_WAIT = 2000; // after a failure, then twice as long each time
  const LONGEST_WAIT = 60000;
  const KEEPALIVE_LIMIT = 60000; // browsers refuse more while a page is being left
  const MAY_PASS = [403, 408, 425, 429]; // every other answer that begins with 4 will not change
  const banner = document.querySelector("[data-offline]");
  const signedOut = document.querySelector("[data-signed-out]");
  const gone = document.querySelector("[data-gone]");
  let key = null; // lives in memory only, and cannot be read out of it

  function askToSignIn(isOther) {
    signedOut.querySelector("[data-same-person]").hidden = isOther;
    signedOut.querySelector("[data-other-person]").hidden = !isOther;
    signedOut.hidden = false;
  }

  /* ── the session: its key, and a token that fits it ── */
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const text64 = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  async function enter() {
    const answer = await fetch(words.key, { redirect: "manual", signal: AbortSignal.timeout(TOO_LONG) });
    if (!answer.ok) return answer.type === "opaqueredirect" ? "out" : "away";
    const session = await answer.json();
    if (session.who !== words.who) return "other";
    document.querySelectorAll(`input[name=${TOKEN}]`).forEach((field) => (field.value = session.csrf));
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": session.csrf }));
    const use = ["encrypt", "decrypt"];
    key = await crypto.subtle?.importKey("raw", bytes(session.key), "AES-GCM", false, use);
    return "in";
  }

  function unfold(field) {
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  function keep(form) {
    // Not form.action: a button of that name stands in its way.
    const place = new URL(form.getAttribute("action") || location.pathname, location.href).pathname;
    // A page that is looked at in two ways is two forms: what one of them holds does not fit into the other.
    const slot = ["pz-draft", place, form.querySelector("[name=view]")?.value ?? ""].join(" ").trim();
    const status = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
    let typed = 0, kept = 0; // how often something was typed, and how much of it the server has
    let underway = null;
    let pressed = null; // the button whose press waits until the text is safe
    let isPressed = false;
    let leaving = false;
    let wait = 0, notBefore = 0; // how long the server is left in peace after it failed, and until when
    let again = 0;

    /* ── what the reader sees ── */
    function say(text, isWaiting) {
      if (!status) return;
      status.textContent = text;
      status.classList.toggle("is-wait", Boolean(isWaiting));
    }
    const isWaiting = () => status?.classList.contains("is-wait") ?? true;

    /* ── text that waits in this tab ── */
    const lock = (iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(slot + words.who) });
    const wipe = () => sessionStorage.removeItem(slot);
    async function seal() {
      if (!key || typed === kept) return;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const entries = [...new FormData(form)].filter(([name]) => name !== TOKEN);
      const plain = new TextEncoder().encode(JSON.stringify(entries));
      const sealed = await crypto.subtle.encrypt(lock(iv), key, plain);
      if (typed !== kept) sessionStorage.setItem(slot, `${text64(iv)} ${text64(sealed)}`);
    }
    async function unseal() {
      const stored = sessionStorage.getItem(slot);
      if (!stored || !key) return;
      try {
        const [iv, sealed] = stored.split(" ").map(bytes);
        fill(JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(lock(iv), key, sealed))));
        typed += 1;
        await send();
      } catch {
        wipe(); // of another session: nobody can open it any more
      }
    }
    function fill(entries) {
      const values = new Map();
      entries.forEach(([name, value]) => values.set(name, [...(values.get(name) ?? []), value]));
      for (const field of form.elements) {
        if (!field.name || field.name === TOKEN || field.type === "submit") continue;
        const found = values.get(field.name) ?? [];
        if (field.type === "radio" || field.type === "checkbox") field.checked = found.includes(field.value);
        else if (found.length) field.value = found[0];
        if (field.type !== "hidden" && found.some(Boolean)) unfold(field);
      }
    }

    /* ── sending: one at a time, so that an older text never comes last ── */
    async function post() {
      const now = typed;
      const body = new FormData(form);
      body.set("draft", "keep");
      body.set("who", words.who);
      const keepalive = document.hidden && new URLSearchParams(body).toString().length < KEEPALIVE_LIMIT;
      const signal = AbortSignal.timeout(TOO_LONG);
      const answer = await fetch(place, { method: "POST", body, redirect: "manual", keepalive, signal });
      if (answer.type === "opaqueredirect") return "out";
      if (answer.status === 403) return "stale";
      if (answer.status >= 400 && answer.status < 500 && !MAY_PASS.includes(answer.status)) return "gone";
      if (!answer.ok) return "away";
      say(`${words.kept}, ${(await answer.json()).at}`);
      kept = now;
      if (typed === kept) wipe();
      if (typed === kept) form.dispatchEvent(new Event("pz:kept", { bubbles: true }));
      return "in";
    }
    async function deliver() {
      let state = await post().catch(() => "away");
      if (state === "stale" || state === "out") state = await enter().catch(() => "away");
      if (state === "in" && typed !== kept) state = await post().catch(() => "away");
      show(state);
      if (state !== "in") await seal();
      return state === "in";
    }
    function show(state) {
      if (banner) banner.hidden = navigator.onLine && state !== "away";
      if (gone) gone.hidden = state !== "gone";
      clearTimeout(again);
      if (state === "in") {
        signedOut.hidden = true;
        wait = notBefore = 0;
        return;
      }
      say(state === "gone" ? words.unkept : words.waiting, true);
      if (state === "out" || state === "other") askToSignIn(state === "other");
      if (state === "gone") {
        notBefore = Infinity; // only a press on a button tries once more
        isPressed = false;
        return;
      }
      wait = Math.min(wait * 2 || FIRST_WAIT, LONGEST_WAIT);
      notBefore = Date.now() + wait;
      again = setTimeout(send, wait);
    }
    async function send() {
      while (underway) await underway;
      // A draft that comes after the page itself would stay for ever.
      if (typed === kept || leaving || Date.now() < notBefore) return;
      underway = deliver();
      await underway;
      underway = null;
      if (typed === kept) submitWanted();
    }
    function sendAtOnce() {
      if (notBefore !== Infinity) notBefore = 0;
      send();
    }

    /* ── a press on a button: the text goes first, so that whatever happens then, it is safe ── */
    function submitWanted() {
      if (!isPressed || leaving) return;
      leaving = true;
      form.requestSubmit(pressed);
    }
    form.addEventListener("submit", (event) => {
      if (leaving || !typed) return;
      event.preventDefault();
      [pressed, isPressed] = [event.submitter, true];
      typed += 1;
      notBefore = 0;
      send();
    });

    let pause = 0;
    form.addEventListener("input", () => {
      typed += 1;
      if (!navigator.onLine) say(words.waiting, true);
      clearTimeout(pause);
      if (isWaiting()) pause = setTimeout(seal, 200);
    });
    form.addEventListener("focusout", send);
    ["online", "focus"].forEach((name) => addEventListener(name, sendAtOnce));
    document.addEventListener("visibilitychange", sendAtOnce);
    setInterval(send, Number(words.every) * 1000);
    addEventListener("offline", () => {
      if (typed === kept) return; // nothing waits here
      say(words.waiting, true);
      seal();
    });
    return unseal;
  }

  const waiting = [...forms].map(keep);
  enter().then(() => waiting.forEach((unseal) => unseal())).catch(() => {});
})();
