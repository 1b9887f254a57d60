/* Keeps what is typed: every few seconds a draft goes to the server. What cannot go waits in this tab, encrypted
   with a key that only the signed-in session gets. Comfort only: the form works without it. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  const words = document.querySelector("[data-autosave-words]")?.dataset;
  if (!form || !words) return;

  const SLOT = `pz-draft ${location.pathname}`;
  const TOKEN = "csrfmiddlewaretoken";
  const TOO_LONG = 8000; // milliseconds; a server that takes longer counts as gone
  const KEEPALIVE_LIMIT = 60000; // browsers refuse more while a page is being left
  const status = document.querySelector("[data-saved]");
  const signedOut = document.querySelector("[data-signed-out]");
  let typed = 0; // how often something was typed, and how much of it the server has
  let kept = 0;
  let key = null; // lives in memory only, and cannot be read out of it
  let underway = null;
  let pressed = null; // the button whose press waits until the text is safe
  let isPressed = false;
  let leaving = false;

  /* ── what the reader sees ── */
  function say(text, isWaiting) {
    if (!status) return;
    status.textContent = text;
    status.classList.toggle("is-wait", Boolean(isWaiting));
  }
  function askToSignIn(isOther) {
    signedOut.querySelector("[data-same-person]").hidden = isOther;
    signedOut.querySelector("[data-other-person]").hidden = !isOther;
    signedOut.hidden = false;
  }

  /* ── text that waits in this tab ── */
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const text64 = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const lock = (iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(SLOT + words.who) });

  async function seal() {
    if (!key || typed === kept) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const entries = [...new FormData(form)].filter(([name]) => name !== TOKEN);
    const plain = new TextEncoder().encode(JSON.stringify(entries));
    const sealed = await crypto.subtle.encrypt(lock(iv), key, plain);
    if (typed !== kept) sessionStorage.setItem(SLOT, `${text64(iv)} ${text64(sealed)}`);
  }
  async function unseal() {
    const stored = sessionStorage.getItem(SLOT);
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
  const wipe = () => sessionStorage.removeItem(SLOT);

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
  function unfold(field) {
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  /* ── the session: its key, and a token that fits it ── */
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

  /* ── sending: one at a time, so that an older text never comes last ── */
  async function post() {
    const now = typed;
    const body = new FormData(form);
    body.set("draft", "keep");
    body.set("who", words.who);
    const keepalive = document.hidden && new URLSearchParams(body).toString().length < KEEPALIVE_LIMIT;
    const signal = AbortSignal.timeout(TOO_LONG);
    const answer = await fetch(location.pathname, { method: "POST", body, redirect: "manual", keepalive, signal });
    if (answer.type === "opaqueredirect") return "out";
    if (!answer.ok) return answer.status === 403 ? "stale" : "away";
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
    if (state === "in") {
      signedOut.hidden = true;
      return true;
    }
    say(words.waiting, true);
    if (state === "out" || state === "other") askToSignIn(state === "other");
    await seal();
    return false;
  }
  async function send() {
    while (underway) await underway;
    if (typed === kept || leaving) return true; // a draft that comes after the page itself would stay for ever
    underway = deliver();
    const isKept = await underway;
    underway = null;
    if (typed === kept) submitWanted();
    return isKept;
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
    send();
  });

  let pause = 0;
  form.addEventListener("input", () => {
    typed += 1;
    clearTimeout(pause);
    if (status?.classList.contains("is-wait")) pause = setTimeout(seal, 200);
  });
  form.addEventListener("focusout", send);
  document.addEventListener("visibilitychange", send);
  ["online", "focus"].forEach((name) => addEventListener(name, send));
  setInterval(send, Number(words.every) * 1000);
  addEventListener("offline", () => {
    say(words.waiting, true);
    seal();
  });
  enter().then(unseal, () => {});
})();
