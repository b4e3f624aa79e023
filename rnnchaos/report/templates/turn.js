"use strict";
(() => {
  const COLOURS = { truth: "#222222", network: "#d55e00" };
  const TURN = 0.15, ZOOM = 1.15, START = { yaw: -0.6, pitch: 0.35, zoom: 1 };

  // ---- attractors ----------------------------------------------------------------------------------------------
  function decoded(canvas, axes) {
    const bytes = atob(canvas.dataset.points);
    const count = bytes.length / 2, values = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      values[i] = (bytes.charCodeAt(2 * i) + 256 * bytes.charCodeAt(2 * i + 1)) / 65535 * 3 - 1.5;
    }
    const lengths = canvas.dataset.lengths.split(",").map(Number);
    return { values, axes, lengths, steps: count / axes, look: canvas.dataset.look };
  }

  function axesOf(figure) {
    const names = JSON.parse(figure.dataset.axes);
    return names.length > 1 ? names : [...names, ""];
  }

  function drawer(figure) {
    const names = axesOf(figure);
    const canvases = [...figure.querySelectorAll("canvas")];
    const clouds = canvases.map((canvas) => decoded(canvas, names.length));
    const flat = names.length < 3;
    const chosen = [0, 1, 2];
    const view = { ...START };
    if (flat) { view.yaw = 0; view.pitch = 0; }
    const first = { ...view };

    function draw() { canvases.forEach((canvas, i) => drawOne(canvas, clouds[i])); }

    function drawOne(canvas, cloud) {
      const ratio = Math.min(window.devicePixelRatio || 1, 3);
      const width = canvas.clientWidth, height = canvas.clientHeight;
      if (!width || !height) return;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      const context = canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const size = Math.min(width, height) * (flat ? 0.8 : 0.62) * view.zoom;
      const [cy, sy, cp, sp] = [Math.cos(view.yaw), Math.sin(view.yaw), Math.cos(view.pitch), Math.sin(view.pitch)];
      const [a, b, c] = chosen;
      // In three dimensions the third axis points up; in two the second does.
      const place = (x, y, z) => {
        if (flat) [y, z] = [0, y];
        const across = cy * x - sy * y, away = sy * x + cy * y;
        return [width / 2 + size * across, height / 2 - size * (cp * z + sp * away)];
      };
      box(context, place);
      context.strokeStyle = context.fillStyle = COLOURS[cloud.look] || COLOURS.network;
      context.lineWidth = 0.7;
      context.globalAlpha = 0.75;
      const connected = figure.dataset.connected === "yes";
      const at = (step) => {
        const row = step * cloud.axes;
        return place(cloud.values[row + a], cloud.values[row + b], flat ? 0 : cloud.values[row + c]);
      };
      let step = 0;
      context.beginPath();
      for (const length of cloud.lengths) {
        for (let i = 0; i < length; i++, step++) {
          const [x, y] = at(step);
          if (!connected) context.rect(x - 0.75, y - 0.75, 1.5, 1.5);
          else if (i) context.lineTo(x, y);
          else context.moveTo(x, y);
        }
      }
      if (connected) context.stroke(); else context.fill();
      context.globalAlpha = 1;
    }

    function box(context, place) {
      const h = 0.5, corners = [-h, h];
      context.strokeStyle = "#bbbbbb";
      context.lineWidth = 1;
      context.beginPath();
      const edge = (p, q) => { context.moveTo(...place(...p)); context.lineTo(...place(...q)); };
      for (const s of corners) for (const t of flat ? [0] : corners) {
        edge([-h, s, t], [h, s, t]);
        edge([s, -h, t], [s, h, t]);
        if (!flat) edge([s, t, -h], [s, t, h]);
      }
      context.stroke();
      context.fillStyle = "#222222";
      context.font = "13px system-ui, sans-serif";
      context.textAlign = "center";
      const z = flat ? 0 : -h, off = 0.62;
      const labels = [[0, -off, z], [off, 0, z], [-off, -off, 0]];
      chosen.slice(0, flat ? 2 : 3).forEach((axis, i) => {
        const spot = flat && i === 1 ? [-off * 0.9, 0, 0] : labels[i];
        context.fillText(names[axis] ?? "", ...place(...spot));
      });
    }

    let waiting = false;
    function redraw() {
      figure.dataset.view = [view.yaw, view.pitch, view.zoom].map((x) => x.toFixed(3)).join(" ");
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; draw(); });
    }

    const moves = {
      left: () => { view.yaw -= TURN; }, right: () => { view.yaw += TURN; },
      up: () => { view.pitch += TURN; }, down: () => { view.pitch -= TURN; },
      larger: () => { view.zoom *= ZOOM; }, smaller: () => { view.zoom /= ZOOM; },
      reset: () => { Object.assign(view, first); },
    };
    const keys = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", "+": "larger", "=": "larger", "-": "smaller", 0: "reset" };
    function move(name) {
      moves[name]();
      view.pitch = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, view.pitch));
      view.zoom = Math.max(0.2, Math.min(10, view.zoom));
      redraw();
    }

    for (const button of figure.querySelectorAll("button[data-turn]")) {
      button.addEventListener("click", () => move(button.dataset.turn));
    }
    for (const canvas of canvases) {
      canvas.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
        event.preventDefault();
        move(keys[event.key]);
      });
      canvas.addEventListener("pointerdown", (event) => {
        canvas.setPointerCapture(event.pointerId);
        let last = [event.clientX, event.clientY];
        const drag = (now) => {
          view.yaw += (now.clientX - last[0]) * 0.01;
          view.pitch += (now.clientY - last[1]) * 0.01;
          last = [now.clientX, now.clientY];
          view.pitch = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, view.pitch));
          redraw();
        };
        const drop = () => {
          canvas.removeEventListener("pointermove", drag);
          canvas.removeEventListener("pointerup", drop);
          canvas.removeEventListener("pointercancel", drop);
        };
        canvas.addEventListener("pointermove", drag);
        canvas.addEventListener("pointerup", drop);
        canvas.addEventListener("pointercancel", drop);
      });
    }
    if (names.length > 3) chooseAxes(figure, names, chosen, redraw);
    new ResizeObserver(redraw).observe(figure); // and when a cell is opened
    window.addEventListener("beforeprint", draw);
  }

  function chooseAxes(figure, names, chosen, redraw) {
    const group = figure.querySelector(".choices");
    chosen.forEach((axis, i) => {
      const label = document.createElement("label"), select = document.createElement("select");
      label.append(["across ", "away ", "up "][i], select);
      names.forEach((name, k) => select.add(new Option(name, k, k === axis, k === axis)));
      select.addEventListener("change", () => { chosen[i] = Number(select.value); redraw(); });
      group.append(label);
    });
  }

  const known = new WeakSet();
  function drawNew() {
    for (const figure of document.querySelectorAll("figure.scene")) {
      if (!known.has(figure)) drawer(figure);
      known.add(figure);
    }
  }
  document.addEventListener("renewed", drawNew); // of a page that follows what it shows
  drawNew();
})();
