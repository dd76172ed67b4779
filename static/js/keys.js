// Single keys: j k move between rows, Enter opens, a acts, r applies the new order, / searches, g and a letter goes
// somewhere, ? lists them. They never fire while somebody types, and can be switched off in the list.
(() => {
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
  const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
  const rows = () => [...document.querySelectorAll("[data-list] [data-row]")].filter((el) => el.offsetParent);
  const holder = (el) => el.closest("li, tr");
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((el) => el === document.activeElement || holder(el)?.contains(document.activeElement));
    const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
    all[to].focus({ preventScroll: true });
    holder(all[to]).scrollIntoView({ block: "nearest" });
  };
  const click = (what) => document.querySelector(what)?.click();
  let chord = 0;
  addEventListener("keydown", (e) => {
    if (e.metaKey || e.ctrlKey || e.altKey || typing(e.target) || document.querySelector("dialog[open]")) return;
    if (off() && e.key !== "?") return;
    if (chord && Date.now() - chord < 900) {
      chord = 0;
      if (/^[a-z]$/.test(e.key)) { click(`[data-go="${e.key}"]`); return; }
    }
    chord = 0;
    switch (e.key) {
      case "/": e.preventDefault(); document.getElementById("q")?.focus(); break;
      case "j": step(1); break;
      case "k": step(-1); break;
      case "a": holder(document.activeElement)?.querySelector("[data-act]")?.click(); break;
      case "r": click("[data-rerank]"); break;
      case "g": chord = Date.now(); break;
      case "?": document.getElementById("keys")?.showModal(); break;
    }
  });
  const onReady = () => {
    const on = document.querySelector("#keys input[type=checkbox]");
    if (!on) return;
    on.checked = !off();
    on.addEventListener("change", () => {
      try { localStorage.setItem("keys", on.checked ? "on" : "off"); } catch { /* not remembered */ }
    });
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", onReady); else onReady();
})();
