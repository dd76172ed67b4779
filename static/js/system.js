// The system page: panels that hold still, and bursts fired from here.
(() => {
  const onReady = () => {
    // ---- pause: a copy stands in the place of the list, which goes on behind it ------------------------------------
    document.querySelectorAll("[data-pause]").forEach((button) => {
      const list = () => document.getElementById(`log-${button.dataset.pause}`);
      const box = list().parentElement;
      button.hidden = false;
      button.addEventListener("click", () => {
        const pause = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", pause);
        box.querySelector("[data-frozen]")?.remove();
        box.toggleAttribute("data-paused", pause);
        if (!pause) return;
        const copy = list().cloneNode(true);
        copy.removeAttribute("id");
        copy.dataset.frozen = "";
        box.append(copy);
      });
    });

    // ---- burst ------------------------------------------------------------------------------------------------------
    const box = document.querySelector("[data-burst]");
    if (!box) return;
    box.hidden = false;
    const form = box.querySelector("form"), fire = form.querySelector("[type=submit]"), stop = form.querySelector("[data-stop]");
    const said = document.getElementById("burst-said"), picture = document.getElementById("burst-histogram");
    const table = document.getElementById("burst-result");
    const number = new Intl.NumberFormat("en-GB");
    form.querySelectorAll("input[type=range]").forEach((input) => {
      const output = form.querySelector(`output[for="${input.id}"]`);
      const show = () => { output.textContent = number.format(input.value); };
      input.addEventListener("input", show);
      show();
    });

    let running = false;
    stop.addEventListener("click", () => { running = false; });
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      if (running) return;
      running = true; fire.disabled = true; stop.hidden = false;
      const data = new FormData(form), size = Number(data.get("size")), aim = data.get("aim");
      const took = [];
      let next = 0, refused = 0, failed = 0, done = 0;
      const worker = async () => {
        while (running && next < size) {
          next += 1;
          const begun = performance.now();
          try {
            const answer = await fetch(aim, { cache: "no-store" });
            await answer.arrayBuffer();
            if (answer.ok) took.push(performance.now() - begun);
            else if (answer.status === 429) refused += 1;
            else failed += 1;
          } catch { failed += 1; }
          done += 1;
        }
      };
      const begun = performance.now();
      const tell = setInterval(() => { said.textContent = `${number.format(done)} of ${number.format(size)} done.`; }, 250);
      await Promise.all(Array.from({ length: Number(data.get("at_once")) }, worker));
      clearInterval(tell);
      const seconds = (performance.now() - begun) / 1000;
      running = false; fire.disabled = false; stop.hidden = true;
      report(took.sort((a, b) => a - b), refused, failed, seconds);
    });

    const report = (took, refused, failed, seconds) => {
      const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
      const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
      said.textContent = `${number.format(took.length)} answered in ${seconds.toFixed(1)} s, ` +
        `${number.format(refused)} refused, ${number.format(failed)} failed.`;
      const row = table.querySelector("tbody tr");
      row.replaceChildren(...[number.format(took.length), number.format(refused), number.format(failed),
        number.format(Math.round(took.length / seconds)), ms(at(.5)), ms(at(.95)), ms(at(1))].map((text) => {
        const cell = document.createElement("td");
        cell.className = "n"; cell.textContent = text;
        return cell;
      }));
      table.hidden = false;
      draw(took, ms);
    };

    // Buckets as wide as each other up to the slowest one in a hundred; what is slower stands in the last.
    const draw = (took, ms) => {
      picture.replaceChildren();
      picture.toggleAttribute("hidden", took.length === 0);
      if (!took.length) return;
      const most = took[Math.floor(took.length * .99)] || 1, buckets = new Array(24).fill(0);
      took.forEach((value) => { buckets[Math.min(23, Math.floor(value / most * 24))] += 1; });
      const highest = Math.max(...buckets);
      const add = (name, attributes, text) => {
        const el = document.createElementNS("http://www.w3.org/2000/svg", name);
        Object.entries(attributes).forEach(([key, value]) => el.setAttribute(key, value));
        if (text) el.textContent = text;
        picture.append(el);
      };
      buckets.forEach((count, i) => {
        const height = count / highest * 92;
        add("rect", { x: i * 20 + 1, y: 100 - height, width: 18, height });
      });
      add("text", { x: 0, y: 116 }, "0 ms");
      add("text", { x: 480, y: 116, "text-anchor": "end" }, `${ms(most)} and more`);
      picture.setAttribute("aria-label", `Histogram of latencies: most answers within ${ms(took[Math.floor(took.length / 2)])}, ` +
        `nearly all within ${ms(most)}.`);
    };
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", onReady); else onReady();
})();
