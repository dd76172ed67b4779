// The page of a room: stays at the newest post, brings earlier ones as one scrolls, tells how far one has read, and
// shows cards of what posts name. Everything works without it, by links and forms.
(() => {
  const onReady = () => {
    const scroll = document.getElementById("scroll"), room = document.querySelector("[data-room]");
    if (!scroll || !room) return;
    const near = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    const toEnd = () => { scroll.scrollTop = scroll.scrollHeight; };
    const last = () => Number([...document.querySelectorAll("#posts > [data-seq]")].pop()?.dataset.seq ?? 0);
    const follows = () => !new URLSearchParams(location.search).has("until");

    // ---- stays at the end while one reads there; otherwise what is in sight stays where it is -------------------
    let atEnd = !location.hash.startsWith("#post-") && follows();
    if (atEnd) toEnd();
    let height = scroll.scrollHeight, first = document.querySelector("#posts > .post")?.id;
    new MutationObserver(() => {
      const now = document.querySelector("#posts > .post")?.id;
      if (atEnd) toEnd();
      else if (now !== first) scroll.scrollTop += scroll.scrollHeight - height;
      height = scroll.scrollHeight; first = now; growing = false;
      markNew(); tellRead(); watchEarlier();
    }).observe(scroll, { childList: true, subtree: true, characterData: true });
    new ResizeObserver(() => { if (atEnd) toEnd(); }).observe(scroll);
    scroll.addEventListener("scroll", () => { atEnd = near(); tellRead(); }, { passive: true });

    // ---- earlier posts ------------------------------------------------------------------------------------------
    // The link moves the stream to one that begins earlier; its first state brings the posts.
    let growing = false;
    const grow = async (link) => {
      if (growing) return;
      growing = true;
      const answer = await fetch(link.href, { headers: { "Datastar-Request": "true" } }).catch(() => null);
      const text = answer?.ok ? await answer.text() : "";
      const markup = text.split("\n").filter((line) => line.startsWith("data: elements ")).map((line) => line.slice(15)).join("\n");
      const stream = new DOMParser().parseFromString(markup, "text/html").getElementById("stream");
      if (stream) document.getElementById("stream").replaceWith(stream); else growing = false;
    };
    const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
      if (entry.isIntersecting && scroll.scrollHeight > scroll.clientHeight) grow(entry.target);
    }), { root: scroll });
    const watchEarlier = () => {
      seen.disconnect();
      const link = document.querySelector("#earlier[data-grow]");
      if (link) seen.observe(link);
    };
    document.addEventListener("click", (e) => {
      const link = e.target.closest?.("#earlier[data-grow]");
      if (link) { e.preventDefault(); grow(link); }
    });
    watchEarlier();

    // ---- what is new, and how far one has read --------------------------------------------------------------------
    const readBefore = Number(room.dataset.read);
    let told = readBefore, timer = 0;
    const markNew = () => {
      const fresh = [...document.querySelectorAll("#posts > [data-seq]")].find((post) => Number(post.dataset.seq) > readBefore);
      document.querySelectorAll("[data-new]").forEach((post) => { if (post !== fresh) post.removeAttribute("data-new"); });
      if (fresh && readBefore > 0 && !fresh.hasAttribute("data-new")) fresh.setAttribute("data-new", "");
    };
    const tellRead = () => {
      if (timer || document.hidden || !near() || last() <= told) return;
      timer = setTimeout(() => {
        timer = 0;
        if (document.hidden || last() <= told) return;
        told = last();
        const body = new URLSearchParams({ seq: told });
        fetch(room.dataset.readUrl, { method: "POST", headers: { "Datastar-Request": "true" }, body }).catch(() => { told = readBefore; });
      }, 600 + Math.random() * 600);
    };
    document.addEventListener("visibilitychange", tellRead);
    markNew(); tellRead();

    // ---- Enter sends ------------------------------------------------------------------------------------------------
    document.addEventListener("keydown", (e) => {
      if (e.key !== "Enter" || e.shiftKey || e.isComposing || !e.target.matches?.("[data-enter]")) return;
      e.preventDefault();
      if (!e.target.value.trim()) return;
      if (e.target.id === "chat-text") atEnd = true;
      e.target.form.requestSubmit();
    });
    const field = document.getElementById("chat-text");
    if (location.hash === "#chat-text" && field) { field.focus(); field.setSelectionRange(field.value.length, field.value.length); }

    // ---- the form of a post goes, and the focus returns to where it was opened -------------------------------------------
    let changed = null;
    document.addEventListener("focusin", (e) => { changed = e.target.closest?.(".postform")?.closest(".post").id ?? null; });
    document.addEventListener("datastar-fetch", (e) => {
      if (e.detail.type !== "finished" || changed === null) return;
      const post = changed;
      setTimeout(() => {
        if (document.activeElement !== document.body) return;
        (document.querySelector(`#${post} .post__change:not([hidden])`) ?? field)?.focus();
      });
    });

    // ---- cards of what is named ---------------------------------------------------------------------------------------
    let card = null, asked = null;
    const hide = () => { card?.remove(); asked?.removeAttribute("aria-describedby"); card = asked = null; };
    const show = async (link) => {
      if (asked === link) return;
      hide();
      asked = link;
      const answer = await fetch(link.dataset.card).catch(() => null);
      if (asked !== link || !answer?.ok) return;
      card = document.createElement("div");
      card.className = "hovercard"; card.id = "hovercard"; card.setAttribute("role", "tooltip");
      card.innerHTML = await answer.text();
      if (asked !== link) return;
      document.body.append(card);
      const at = link.getBoundingClientRect(), size = card.getBoundingClientRect();
      const above = at.top - size.height - 6;
      card.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
      card.style.top = `${above > 8 ? above : at.bottom + 6}px`;
      link.setAttribute("aria-describedby", "hovercard");
    };
    const target = (e) => e.target.closest?.("[data-card]");
    for (const [begin, end] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
      document.addEventListener(begin, (e) => { const link = target(e); if (link) show(link); });
      document.addEventListener(end, (e) => { if (target(e)) hide(); });
    }
    document.addEventListener("keydown", (e) => { if (e.key === "Escape") hide(); });
    scroll.addEventListener("scroll", hide, { passive: true });
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", onReady); else onReady();
})();
