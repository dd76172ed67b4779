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
  const AT_ONCE = 1500, AT_MOST = 10000;
  let typedAt = 0, unsavedSince = 0, failed = false, wait = AT_ONCE;

  const dirty = (control) => !control.disabled && control.value !== kept.get(control);
  const inConflict = (control) => part(control, "m")?.hasAttribute("data-conflict");
  // With each text the version it was typed over, so that a change of somebody else meanwhile is still noticed.
  const remember = () => {
    const open = {};
    controls().forEach((control) => {
      if (dirty(control)) open[control.name] = { text: control.value, seen: part(control, "v").value };
    });
    try {
      if (Object.keys(open).length) sessionStorage.setItem(memory, JSON.stringify(open));
      else sessionStorage.removeItem(memory);
    } catch { /* a browser that keeps nothing loses only what it reloads */ }
  };
  const say = (text) => { const el = document.getElementById("saved"); if (el && text) el.textContent = text; };

  // Says beside a field that it is not saved, or no longer says so.
  const words = document.getElementById("unsaved");
  const mark = (control, open) => {
    const there = control.parentElement.querySelector(".unsaved");
    if (!open) there?.remove();
    else if (!there) {
      const said = words.content.firstElementChild.cloneNode(true);
      said.id = `u${control.id.slice(1)}`;
      control.after(said);
    }
  };
  const unsaved = () => [...controls()].filter((control) => dirty(control) && !inConflict(control));
  const tell = () => {
    const open = new Set(unsaved());
    if (!open.size) { unsavedSince = 0; failed = false; wait = AT_ONCE; }
    const late = open.size && (failed || Date.now() - unsavedSince > 2500);
    controls().forEach((control) => mark(control, late && open.has(control)));
    if (late) say("Not saved yet. What you typed stays here and is sent again by itself");
  };

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
    tell();
  };

  controls().forEach((control) => kept.set(control, part(control, "n")?.getAttribute("value") ?? control.value));
  try {
    const open = JSON.parse(sessionStorage.getItem(memory) ?? "{}");
    controls().forEach((control) => {
      const typed = open[control.name];
      if (!typed || control.disabled) return;
      control.value = typed.text;
      part(control, "v").value = typed.seen;
    });
  } catch { /* nothing was remembered */ }

  // Where room was made, typing goes on there; where it was taken, the focus stays near.
  let pressed;
  form.addEventListener("click", (e) => {
    const button = e.target.closest("[data-room]");
    if (button) pressed = { adds: button.name === "add" && button.value, room: button.dataset.room };
  });
  const moveOn = () => {
    const first = pressed.adds && form.querySelector(`[data-key][name^="${pressed.adds}."]`);
    (first || form.querySelector(`[data-room="${pressed.room}"][name="add"]`))?.focus();
    pressed = undefined;
  };

  form.addEventListener("input", () => { typedAt = Date.now(); remember(); });
  document.addEventListener("datastar-fetch", (e) => {
    const type = e.detail?.type ?? "", own = e.detail?.el === form;
    if (own && (type === "error" || type === "retrying" || type === "retries-failed")) {
      if (unsaved().length) failed = true;
      tell();
    }
    if (type !== "datastar-patch-elements") return;
    requestAnimationFrame(() => {
      if (own && document.getElementById("saved")?.hasAttribute("data-failed")) failed = true;
      // We are heard again: what waits is sent without waiting longer.
      else if (failed && !own) wait = AT_ONCE;
      sync();
      if (own && pressed) moveOn();
    });
  });
  // What is typed and not kept is sent again, at first soon and then every few seconds.
  setInterval(() => {
    if (!unsaved().length) { tell(); return; }
    unsavedSince ||= Date.now();
    tell();
    if (Date.now() - typedAt <= wait) return;
    if (failed) wait = Math.min(wait * 1.5, AT_MOST);
    typedAt = Date.now();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }, 1000);
  // Whoever leaves before the form was sent has it sent on the way out.
  addEventListener("pagehide", () => {
    if (unsaved().length) navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)));
  });

  document.addEventListener("focusin", (e) => { if (e.target.matches?.("[data-select][readonly]")) e.target.select(); });
  document.addEventListener("click", (e) => {
    const copy = e.target.closest?.("[data-copy]");
    if (!copy) return;
    const from = document.getElementById(copy.dataset.copy);
    from.select();
    navigator.clipboard?.writeText(from.value).then(() => { copy.textContent = "Copied"; });
  });
})();
