// The page of a case: what is typed survives changes of others, failures, restarts and a lost connection.
// The controls stand where streams leave the page alone. Beside each is hidden data that says what is kept of it,
// from which this script takes the changes of others; what is typed and not kept yet is tried again until it is.
(() => {
  const form = document.getElementById("fields");
  if (!form) return;
  const memory = `case:${form.dataset.case}`;
  const controls = () => form.querySelectorAll("[data-key]");
  const part = (control, letter) => document.getElementById(letter + control.id.slice(1));
  const kept = new WeakMap();
  let typedAt = 0, unsavedSince = 0;

  const dirty = (control) => !control.disabled && control.value !== kept.get(control);
  const inConflict = (control) => part(control, "m")?.hasAttribute("data-conflict");
  const remember = () => {
    const open = {};
    controls().forEach((control) => { if (dirty(control)) open[control.name] = control.value; });
    try {
      if (Object.keys(open).length) sessionStorage.setItem(memory, JSON.stringify(open));
      else sessionStorage.removeItem(memory);
    } catch { /* a browser that keeps nothing loses only what it reloads */ }
  };
  const say = (text) => { const el = document.getElementById("saved"); if (el && text) el.textContent = text; };

  // Takes over what is kept, unless something else is being typed there.
  const sync = () => {
    controls().forEach((control) => {
      const now = part(control, "n"), seen = part(control, "v");
      if (!now || !seen) return;
      const text = now.value ?? now.getAttribute("value") ?? "";
      if (now.hasAttribute("data-bad")) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      if (now.hasAttribute("data-take") || control.value === text) {
        control.value = text;
      } else if (dirty(control) || (document.activeElement === control && seen.value === now.dataset.version)) {
        return;
      } else if (control.value !== text) {
        control.value = text;
        control.closest(".field")?.setAttribute("data-changed", "");
        setTimeout(() => control.closest(".field")?.removeAttribute("data-changed"), 2600);
      }
      seen.value = now.dataset.version;
      kept.set(control, text);
    });
    remember();
  };

  controls().forEach((control) => kept.set(control, part(control, "n")?.getAttribute("value") ?? control.value));
  try {
    const open = JSON.parse(sessionStorage.getItem(memory) ?? "{}");
    controls().forEach((control) => { if (control.name in open && !control.disabled) control.value = open[control.name]; });
  } catch { /* nothing was remembered */ }

  form.addEventListener("input", () => { typedAt = Date.now(); remember(); });
  document.addEventListener("datastar-fetch", (e) => {
    if (e.detail?.type === "datastar-patch-elements") requestAnimationFrame(sync);
  });
  // Only what cannot be saved for a while is worth a word.
  setInterval(() => {
    const open = [...controls()].filter((control) => dirty(control) && !inConflict(control));
    if (!open.length) { unsavedSince = 0; return; }
    unsavedSince ||= Date.now();
    if (Date.now() - unsavedSince > 2500) say("Not saved yet. What you typed stays here and is sent again by itself");
    if (Date.now() - typedAt > 1500) { typedAt = Date.now(); form.dispatchEvent(new Event("input", { bubbles: true })); }
  }, 1000);

  document.addEventListener("focusin", (e) => { if (e.target.matches?.("[data-select][readonly]")) e.target.select(); });
  document.addEventListener("click", (e) => {
    const copy = e.target.closest?.("[data-copy]");
    if (!copy) return;
    const from = document.getElementById(copy.dataset.copy);
    from.select();
    navigator.clipboard?.writeText(from.value).then(() => { copy.textContent = "Copied"; });
  });
})();
