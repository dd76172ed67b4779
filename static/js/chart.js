// Puts a chart that can be zoomed in place of the drawn one: drag to zoom, double-click to go back, point to read
// values. Without script the drawn chart stays.
(() => {
  const root = document.documentElement;
  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  // Colours of canvas have to be plain: light-dark() is resolved by an element that has it as its colour.
  const probe = document.createElement("i");
  probe.hidden = true;
  const colour = (name) => {
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const plain = getComputedStyle(probe).color;
    probe.remove();
    return plain;
  };

  const hatch = (ink) => {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.strokeStyle = ink;
    pen.lineWidth = 2.4;
    pen.beginPath();
    for (const x of [-8, 0, 8]) { pen.moveTo(x, 8); pen.lineTo(x + 8, 0); }
    pen.stroke();
    return pen.createPattern(tile, "repeat");
  };

  const kw = (watts) => watts == null ? "none" : `${(watts / 1000).toFixed(watts < 99950 ? 1 : 0)} kW`;
  const build = (box, data) => {
    const known = data.actual.map((v) => v != null);
    const short = data.actual.map((v, i) => known[i] && v < data.low[i] ? v : null);
    const should = data.expected.map((v, i) => short[i] == null ? null : v);
    const say = (options) => {
      const format = new Intl.DateTimeFormat("en-GB", { timeZone: data.zone, ...options });
      return (at) => format.format(at * 1000);
    };
    const time = say({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    const hour = say({ hour: "2-digit", minute: "2-digit" }), day = say({ day: "numeric", month: "short" });
    const axis = { stroke: colour("--ink-3"), font: `12px ${css("--sans")}`, ticks: { show: false } };
    const line = (label, stroke, rest) => ({ label, stroke, value: (_, v, __, i) => i == null ? "" : kw(v), points: { show: false }, ...rest });
    const none = { show: true, width: 0, points: { show: false } };
    return new uPlot({
      width: box.clientWidth, height: 260,
      padding: [12, 0, 0, 0],
      cursor: { drag: { x: true, y: false } },
      scales: { y: { range: (_, low, high) => [Math.min(0, low), Math.max(high * 1.06, 100)] } },
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), data.zone),
      axes: [
        { ...axis, grid: { stroke: colour("--grid"), width: 1 }, space: 70, values: (u, at) => {
          const many = u.scales.x.max - u.scales.x.min > 6 * 86400;
          return at.map((t) => many || hour(t) === "00:00" ? day(t) : hour(t));
        } },
        { ...axis, grid: { stroke: colour("--grid"), width: 1 }, size: 56, values: (_, at) => at.map((v) => `${v / 1000} kW`) },
      ],
      series: [
        { label: "Time", value: (_, at) => at == null ? "point at the chart" : time(at) },
        line("at least", "transparent", none), line("at most", "transparent", none),
        line("expected", colour("--expected"), { dash: [4, 3], width: 1.25 }),
        { ...none, label: "should", class: "sr" }, { ...none, label: "short", class: "sr" },
        line("actual", colour("--actual"), { width: 2.25, spanGaps: false }),
      ],
      bands: [
        { series: [2, 1], fill: colour("--band") },
        { series: [4, 5], fill: hatch(colour("--loss")) },
      ],
      hooks: { draw: [(u) => {
        if (data.now < u.scales.x.min || data.now > u.scales.x.max) return;
        const x = Math.round(u.valToPos(data.now, "x", true)), pen = u.ctx;
        pen.save();
        pen.strokeStyle = colour("--ink"); pen.setLineDash([2, 3]);
        pen.beginPath(); pen.moveTo(x, u.bbox.top); pen.lineTo(x, u.bbox.top + u.bbox.height); pen.stroke();
        pen.restore();
      }] },
    }, [data.at, data.low, data.high, data.expected, should, short, data.actual], box);
  };

  let plot, busy = false;
  const draw = async () => {
    const box = document.getElementById("zoom"), drawn = document.getElementById("site-curve");
    if (!box || !drawn || busy || typeof uPlot === "undefined") return;
    busy = true;
    try {
      const answer = await fetch(box.dataset.curve, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      const data = await answer.json();
      if (!data.actual.some((v) => v != null) && !data.expected.some((v) => v > 0)) return;
      // Who is looking at a part keeps it.
      const zoomed = plot && plot.scales.x.min > data.at[0] ? { ...plot.scales.x } : null;
      box.hidden = false;
      plot?.destroy();
      plot = build(box, data);
      if (zoomed) plot.setScale("x", { min: zoomed.min, max: zoomed.max });
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", box.dataset.label);
      drawn.classList.add("replaced");
      if (!box.querySelector(".zoom__hint")) {
        const hint = document.createElement("p");
        hint.className = "zoom__hint";
        hint.textContent = "Drag across the chart to zoom, double-click to go back.";
        box.append(hint);
      }
    } finally { busy = false; }
  };

  const onReady = () => {
    draw();
    addEventListener("resize", () => plot?.setSize({ width: document.getElementById("zoom").clientWidth, height: 260 }));
    document.addEventListener("theme-changed", draw);
    // A patch of the page brings a newer drawing: read the newer values too, at most every ten seconds.
    let last = Date.now();
    new MutationObserver((changes) => {
      const newer = changes.some((change) => change.target.id === "site-curve");
      if (newer && Date.now() - last > 10000) { last = Date.now(); draw(); }
    }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-at"] });
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", onReady); else onReady();
})();
