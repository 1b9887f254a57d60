/* Passkeys: one button asks the device, and its form sends what the device answered. Only on pages that need it. */
(() => {
  "use strict";
  const button = document.querySelector("[data-passkey]");
  if (!button) return;
  const { form } = button;

  const optionsOf = async () => {
    if (button.dataset.options) return JSON.parse(button.dataset.options);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  };

  /* A passkey that signs in alone lives in the device and checks who holds it. */
  const create = (options) => {
    const alone = form.elements.passwordless.checked;
    const wanted = options.publicKey.authenticatorSelection;
    wanted.residentKey = alone ? "required" : "discouraged";
    wanted.requireResidentKey = alone;
    if (alone) wanted.userVerification = "required";
    return webauthnJSON.create(options);
  };

  button.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      const options = await optionsOf();
      const answer = await (button.dataset.passkey === "create" ? create(options) : webauthnJSON.get(options));
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      document.querySelector("[data-passkey-failed]").hidden = false;
    }
  });
})();
