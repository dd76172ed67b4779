// The small amount of script that pages carry besides Datastar: colours, the clock, and telling people when
// live updates stop. Everything on a page works without it.
(() => {
  const root = document.documentElement;
  const THEMES = ["auto", "light", "dark"];
  const SAY = { auto: "follows system", light: "light", dark: "dark" };

  // ---- theme: the server renders data-theme from the cookie, the button works as a form without script --------
  const theme = () => root.dataset.theme || "auto";
  const nextTheme = () => THEMES[(THEMES.indexOf(theme()) + 1) % 3];
  const setTheme = (name) => {
    if (name === "auto") root.removeAttribute("data-theme"); else root.dataset.theme = name;
    document.cookie = `theme=${name}; path=/; max-age=31536000; samesite=lax`;
    document.querySelectorAll("[data-theme-toggle]").forEach((button) => {
      button.setAttribute("aria-label", `Colour theme: ${SAY[name]}. Change theme`);
      button.title = `Theme: ${SAY[name]}`;
      button.value = nextTheme();
    });
    document.dispatchEvent(new CustomEvent("theme-changed"));
  };

  // ---- clock: runs from the server's time, at the speed of the server's clock -----------------------------------
  const clock = () => document.querySelector("[data-clock]");
  const startClock = () => {
    const el = clock();
    if (!el) return;
    const from = Number(el.dataset.now), speed = Number(el.dataset.speed) || 1, t0 = performance.now();
    const say = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: el.dataset.zone });
    const tick = () => {
      const at = from + (performance.now() - t0) * speed;
      el.textContent = say.format(at);
      setTimeout(tick, Math.max(200, (1000 - (at % 1000)) / speed));
    };
    tick();
  };

  // ---- connection: a page is live while its stream is open ----------------------------------------------------------
  // Figures that depend on it carry data-live; they keep their last value and are marked stale, never blanked.
  let lostAt = 0, tries = 0;
  const word = (state, text) => {
    const live = document.getElementById("live");
    if (!live) return;
    if (state) live.dataset.state = state; else delete live.dataset.state;
    live.querySelector(".live__word").textContent = text;
  };
  const markStale = () => document.querySelectorAll("[data-live]").forEach((el) => el.setAttribute("data-stale", ""));
  const lost = (text) => {
    const bar = document.getElementById("offline");
    if (!bar || !document.getElementById("stream")) return;
    if (!lostAt) {
      lostAt = Date.now();
      bar.querySelector("[data-last-live]").textContent = clock()?.textContent ?? "";
    }
    bar.querySelector("[data-retry]").textContent = text ? ` (${text})` : "";
    bar.hidden = false;
    word("lost", "Not live");
    markStale();
  };
  const found = () => {
    word("", "Live");
    if (!lostAt) return;
    lostAt = 0; tries = 0;
    document.getElementById("offline").hidden = true;
    document.querySelectorAll("[data-stale]").forEach((el) => el.removeAttribute("data-stale"));
    toast("Live again", "Everything on this page is up to date.");
  };
  let streams = 0;
  document.addEventListener("datastar-fetch", (e) => {
    if (e.detail?.el?.id !== "stream") return;
    const type = e.detail.type ?? "";
    if (type === "retrying" || type === "error") lost(`try ${++tries}`);
    else if (type === "retries-failed") lost("gave up, reload to try again");
    // Moving the stream to another address starts the new one before the old one is over.
    else if (type === "started") streams += 1;
    else if (type === "finished" && --streams < 1 && !document.hidden) lost("");
    else if (type.startsWith("datastar-patch")) found();
  });
  addEventListener("offline", () => lost("this device is offline"));

  // ---- toasts: confirmations only, errors stay next to their cause --------------------------------------------------
  function toast(title, text) {
    const box = document.getElementById("toasts");
    if (!box) return;
    const el = document.createElement("div");
    el.className = "toast";
    el.innerHTML = '<svg class="i s-ok" aria-hidden="true"><use/></svg><p><b></b><small></small></p>';
    el.querySelector("use").setAttribute("href", `${root.dataset.icons}#i-ok`);
    el.querySelector("b").textContent = title;
    el.querySelector("small").textContent = text;
    box.append(el);
  }
  // Toasts also come as patches; each leaves after six seconds.
  const watchToasts = () => {
    const box = document.getElementById("toasts");
    if (!box) return;
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((el) => {
      if (el.nodeType === 1) setTimeout(() => el.remove(), 6000);
    }))).observe(box, { childList: true });
  };

  // ---- menus: they close when one turns away, or by Escape ---------------------------------------------------------
  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("pointerdown", (e) => openMenus().forEach((menu) => { menu.open = menu.contains(e.target); }));
  document.addEventListener("focusin", (e) => openMenus().forEach((menu) => { menu.open = menu.contains(e.target); }));
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    openMenus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // ---- what changed: a patch that brings another amount of money for a row marks the row for a moment -----------
  // The same bytes go to everybody, so only the browser knows what stood here before. Rows keep these attributes
  // through patches (data-preserve-attr).
  const money = new Map();
  const amounts = () => document.querySelectorAll("#attention > li[id]").forEach((row) => {
    const text = row.querySelector("[data-figure]")?.textContent, before = money.get(row.id);
    money.set(row.id, text);
    if (!before || !text || before === text) return;
    const note = row.querySelector(".lr__kwh");
    row.dataset.changed = "";
    note?.setAttribute("data-was", before);
    setTimeout(() => row.removeAttribute("data-changed"), 2600);
    setTimeout(() => note?.removeAttribute("data-was"), 30000);
  });
  const watchAmounts = () => {
    amounts();
    document.addEventListener("datastar-fetch", (e) => {
      if (e.detail?.type === "datastar-patch-elements") requestAnimationFrame(amounts);
    });
  };

  const onReady = () => {
    startClock();
    watchAmounts();
    watchToasts();
    document.addEventListener("click", (e) => {
      const at = (what) => e.target.closest?.(what);
      if (at("[data-theme-toggle]")) { e.preventDefault(); setTheme(nextTheme()); }
      else if (at("[data-print]")) print();
      else if (at("[data-reload]")) location.reload();
      else if (at("[data-reveal]")) {
        const button = at("[data-reveal]"), field = document.getElementById(button.dataset.reveal);
        const show = field.type === "password";
        field.type = show ? "text" : "password";
        button.textContent = show ? "Hide" : "Show";
        button.setAttribute("aria-pressed", show);
      }
    });
    document.addEventListener("change", (e) => {
      if (e.target.closest?.("form[data-auto]")) e.target.form.requestSubmit();
    });
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", onReady); else onReady();
})();
