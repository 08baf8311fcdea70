/// What pages do when one touches them: sort tables, show values below the pointer, filter pictures.
///
/// Without it everything is there and readable. Text stays text: nothing of data becomes markup. It needs no network.
enum Script {
  static let text = #"""

    "use strict";
    (() => {
      // A finger leaves as soon as it has touched: what it showed stays until the next touch.
      const stays = event => event.pointerType === "touch";
      const each = (selector, body, root = document) => root.querySelectorAll(selector).forEach(body);

      // A name beside other text, which letters that are written from right to left shall not move.
      const isolated = name => {
        const part = document.createElement("bdi");
        part.textContent = name;
        return part;
      };

      // Tables: a key beside the text, where there is one, orders rows, else all digits, else the text or the number in
      // front of it; what is missing comes last.
      const keyOf = cell =>
        cell.dataset.key ?? cell.querySelector("data")?.value ?? cell.textContent.trim();
      const compare = (a, b, isNumeric) =>
        isNumeric ? parseFloat(a) - parseFloat(b) : a.localeCompare(b, undefined, {numeric: true});
      each("table.sortable", table => {
        const heads = Array.from(table.tHead.rows[0].cells);
        heads.forEach((head, column) => {
          const button = head.querySelector("button");
          if (!button) return;
          button.addEventListener("click", () => {
            const isNumeric = head.classList.contains("num");
            const before = head.getAttribute("aria-sort");
            const first = isNumeric ? "descending" : "ascending";
            const order = before === null ? first : before === "ascending" ? "descending" : "ascending";
            heads.forEach(other => other.removeAttribute("aria-sort"));
            head.setAttribute("aria-sort", order);
            const body = table.tBodies[0];
            const keyed = Array.from(body.rows, row => ({row, key: keyOf(row.cells[column])}));
            keyed.sort((a, b) => {
              if ((a.key === "") !== (b.key === "")) return a.key === "" ? 1 : -1;
              const sign = order === "ascending" ? 1 : -1;
              return sign * compare(a.key, b.key, isNumeric);
            });
            const rows = keyed.map(entry => entry.row);
            // Where not all are shown, the first of this order are.
            const shown = Number(table.dataset.shown ?? rows.length);
            rows.forEach((row, place) => row.classList.toggle("more", place >= shown));
            body.append(...rows);
          });
        });
      });

      // Charts: the line below says the values at the pointer; left and right go from point to point.
      each("figure[data-chart]", figure => {
        const chart = JSON.parse(figure.dataset.chart);
        const svg = figure.querySelector("svg");
        const cursor = svg.querySelector(".cursor");
        const dots = svg.querySelectorAll(".dot");
        const at = figure.querySelector(".at");
        const values = figure.querySelectorAll(".readout data");
        let place = chart.start;
        const show = (index, isActive) => {
          place = index;
          figure.classList.toggle("active", isActive);
          at.textContent = chart.labels[index];
          cursor.setAttribute("x1", chart.x[index]);
          cursor.setAttribute("x2", chart.x[index]);
          chart.series.forEach((series, number) => {
            values[number].textContent = series.text[index];
            values[number].value = series.value[index];
            const y = series.y[index];
            dots[number].setAttribute("cx", chart.x[index]);
            dots[number].setAttribute("cy", y === null ? -99 : y);
          });
        };
        const nearest = event => {
          const box = svg.getBoundingClientRect();
          const x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
          let best = 0;
          chart.x.forEach((other, index) => {
            if (Math.abs(other - x) < Math.abs(chart.x[best] - x)) best = index;
          });
          return best;
        };
        svg.addEventListener("pointermove", event => show(nearest(event), true));
        svg.addEventListener("pointerdown", event => show(nearest(event), true));
        svg.addEventListener("pointerleave", event => { if (stays(event)) return; show(chart.start, false); });
        svg.addEventListener("blur", () => show(chart.start, false));
        svg.addEventListener("keydown", event => {
          const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
          if (!step) return;
          event.preventDefault();
          show(Math.max(0, Math.min(chart.x.length - 1, place + step)), true);
        });
      });

      // The matrix: which two classes the pointer is on.
      each("figure[data-matrix]", figure => {
        const matrix = JSON.parse(figure.dataset.matrix);
        const counts = new Map();
        for (let i = 0; i < matrix.cells.length; i += 3) {
          counts.set(matrix.cells[i] * matrix.names.length + matrix.cells[i + 1], matrix.cells[i + 2]);
        }
        const svg = figure.querySelector(":scope > svg");
        const [across, down] = svg.querySelectorAll(".cross");
        const readout = figure.querySelector(".readout");
        const hint = readout.textContent;
        const show = event => {
          const box = svg.getBoundingClientRect();
          const size = matrix.names.length;
          const place = (offset, length) =>
            Math.max(0, Math.min(size - 1, Math.floor(offset / length * size)));
          const row = place(event.clientY - box.top, box.height);
          const column = place(event.clientX - box.left, box.width);
          across.setAttribute("y", row);
          down.setAttribute("x", column);
          figure.classList.add("active");
          const count = counts.get(row * size + column) ?? 0;
          const own = isolated(matrix.names[row]);
          const counted = `: ${count} of ${matrix.totals[row]}`;
          // One sentence: parts of their own would stand apart.
          const sentence = document.createElement("span");
          sentence.append(...(row === column
            ? [own, counted, " right"]
            : ["is ", own, ", called ", isolated(matrix.names[column]), counted]));
          readout.replaceChildren(sentence);
        };
        svg.addEventListener("pointermove", show);
        svg.addEventListener("pointerdown", show);
        svg.addEventListener("pointerleave", event => {
          if (stays(event)) return;
          figure.classList.remove("active");
          readout.textContent = hint;
        });
      });

      // Bars whose values stand in a text of their own.
      each("figure[data-readout]", figure => {
        const readout = figure.querySelector(".readout");
        const hint = readout.textContent;
        each("[data-say]", bar => {
          bar.addEventListener("pointerenter", () => { readout.textContent = bar.dataset.say; });
          bar.addEventListener("pointerdown", () => { readout.textContent = bar.dataset.say; });
          bar.addEventListener("pointerleave", event => { if (!stays(event)) readout.textContent = hint; });
        }, figure);
      });

      // Grids of pictures: all of them, the right or the wrong ones.
      each("[data-choices]", choices => {
        const grid = document.getElementById(choices.dataset.choices);
        each("button", button => {
          button.addEventListener("click", () => {
            grid.dataset.show = button.dataset.show;
            each("button", other => {
              other.setAttribute("aria-pressed", String(other === button));
            }, choices);
          });
        }, choices);
      });
    })();

    """#
}
