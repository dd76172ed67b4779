// Completion of mentions: tells a field what was begun before the caret, and lets one choose from what the server
// offers. Without it a mention written by hand is one all the same.
(() => {
  // A sign that no letter stands before, then up to three words of a name, or one of a site.
  const BEGUN = /(?:^|[^\p{L}\p{N}])(@[\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]+){0,2}|#[\p{L}\p{N}._-]*)$/u;
  const list = () => document.getElementById("mentions");
  let field = null, chosen = 0, empty = null, timer = 0;

  const begun = (el) => el.selectionStart === el.selectionEnd
    ? BEGUN.exec(el.value.slice(0, el.selectionStart))?.[1] ?? null : null;
  const close = () => {
    clearTimeout(timer);
    const box = list();
    if (box) box.hidden = true;
    field?.removeAttribute("aria-activedescendant");
    field?.removeAttribute("aria-controls");
    field = null;
  };
  const choose = (number) => {
    const options = [...list().children];
    chosen = (number + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", i === chosen));
    options[chosen].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", options[chosen].id);
  };
  const place = () => {
    const box = list(), at = field.getBoundingClientRect(), size = box.getBoundingClientRect();
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
    box.style.top = `${at.top - size.height - 4 > 8 ? at.top - size.height - 4 : at.bottom + 4}px`;
  };
  // What comes back may be about something else than what stands there by now.
  const show = (el) => {
    const box = list();
    if (!box) return;
    if (!box.children.length) empty = box.dataset.begun;
    if (!box.children.length || document.activeElement !== el || begun(el) !== box.dataset.begun) { close(); return; }
    field = el;
    box.hidden = false;
    field.setAttribute("aria-controls", box.id);
    choose(0);
    place();
  };
  const take = (number) => {
    const el = field, text = list().children[number].dataset.insert, end = el.selectionStart;
    const space = el.value[end] === " " ? "" : " ";
    el.setRangeText(text + space, end - list().dataset.begun.length, end, "end");
    close();
    el.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("input", (e) => {
    const el = e.target;
    if (!el.matches?.("[data-mentions]")) return;
    clearTimeout(timer);
    const typed = begun(el);
    // What begins like something that nothing begins with is not asked for.
    if (empty !== null && !typed?.startsWith(empty)) empty = null;
    if (typed === null || empty !== null) { close(); return; }
    timer = setTimeout(() => el.dispatchEvent(new CustomEvent("mention", { detail: typed })), 120);
  });
  document.addEventListener("datastar-fetch", (e) => {
    if (e.detail.type === "finished" && e.detail.el?.matches?.("[data-mentions]")) show(e.detail.el);
  });
  // Before whatever else these keys do in the field.
  document.addEventListener("keydown", (e) => {
    if (field === null || e.target !== field || e.isComposing) return;
    const acts = {
      ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen - 1),
      Enter: () => take(chosen), Tab: () => take(chosen), Escape: close,
    };
    if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(e.key)) { close(); return; }
    if (e.shiftKey || !Object.hasOwn(acts, e.key)) return;
    e.preventDefault();
    e.stopPropagation();
    acts[e.key]();
  }, true);
  document.addEventListener("pointerdown", (e) => {
    const option = e.target.closest?.("#mentions > [role=option]");
    if (!option || field === null) return;
    e.preventDefault();
    take([...list().children].indexOf(option));
  });
  document.addEventListener("focusout", (e) => { if (e.target === field) close(); });
  addEventListener("resize", () => { if (field) place(); });
})();
