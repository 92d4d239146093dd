/// What the report does: filter, search, sort, switch outlines, show one case. No library.
///
/// Text from files reaches the page through `textContent` and `setAttribute` only.
enum ReportScript {
  static let javascript = #"""
    "use strict";
    (() => {
      const data = JSON.parse(document.getElementById("data").textContent);
      const $ = (id) => document.getElementById(id);
      const svgSpace = "http://www.w3.org/2000/svg";
      const state = { label: "all", text: "", sort: "urgency", shown: [], made: 0, open: -1 };

      /** An element with properties and children; strings become text. */
      function make(tag, properties = {}, ...children) {
        const element = document.createElement(tag);
        for (const [key, value] of Object.entries(properties)) {
          if (key === "class") element.className = value;
          else if (key === "hue") element.style.setProperty("--hue", value);
          else if (key === "grow") element.style.flexGrow = value;
          else if (key === "click") element.addEventListener("click", value);
          else element.setAttribute(key, value);
        }
        element.append(...children.filter((child) => child !== null));
        return element;
      }

      const percent = (p) => p === null ? "" : (100 * p).toFixed(p > 0.995 || p < 0.005 ? 1 : 0) + " %";
      const plural = (n, word) => n + " " + word + (n === 1 ? "" : "s");
      /** Warm for suspicious labels, green for normal, cool colours for the rest. */
      function hue(label) {
        if (data.suspiciousLabels.includes(label)) return "var(--alert)";
        if (label === "normal") return "var(--c0)";
        const others = data.labels.filter((other) =>
          other !== "normal" && !data.suspiciousLabels.includes(other));
        return "var(--c" + (1 + Math.max(others.indexOf(label), 0) % 3) + ")";
      }
      /** The folder that all files share, which cards need not repeat. */
      const shared = data.cases.map((item) => item.file).reduce((prefix, file) => {
        while (!file.startsWith(prefix)) {
          const cut = prefix.length > 1 ? prefix.lastIndexOf("/", prefix.length - 2) + 1 : 0;
          prefix = prefix.slice(0, cut);
        }
        return prefix;
      }, data.cases.length ? data.cases[0].file.slice(0, data.cases[0].file.lastIndexOf("/") + 1) : "");
      const largest = (item) => item.lesions.length ? item.lesions[0] : null;
      function size(lesion) {
        return lesion.longestMM !== null
          ? lesion.longestMM.toFixed(1) + " × " + lesion.shortestMM.toFixed(1) + " mm"
          : Math.round(lesion.longest) + " × " + Math.round(lesion.shortest) + " px";
      }

      // Orders: each gives a number or text, larger numbers and smaller texts first.
      const byName = (a, b) => a.file.localeCompare(b.file, undefined, { numeric: true });
      const orders = {
        name: byName,
        size: (a, b) => (largest(b)?.area ?? -1) - (largest(a)?.area ?? -1) || byName(a, b),
        urgency: (a, b) => b.suspicious - a.suspicious
          || (b.lesions.length > 0) - (a.lesions.length > 0)
          || b.suspicion - a.suspicion || byName(a, b),
      };

      /** The picture with its outlines as vectors over it. */
      function picture(item) {
        const svg = document.createElementNS(svgSpace, "svg");
        const { width, height, jpeg, outline } = item.picture;
        svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
        svg.setAttribute("role", "img");
        svg.setAttribute("aria-label", item.file + (outline ? ", lesion outlined" : ""));
        const image = document.createElementNS(svgSpace, "image");
        image.setAttribute("width", width);
        image.setAttribute("height", height);
        image.setAttribute("href", "data:image/jpeg;base64," + jpeg);
        svg.append(image);
        if (outline) {
          const group = document.createElementNS(svgSpace, "g");
          group.setAttribute("class", "outline");
          for (const kind of ["rim", "line"]) {
            const path = document.createElementNS(svgSpace, "path");
            path.setAttribute("class", kind);
            path.setAttribute("d", outline);
            group.append(path);
          }
          svg.append(group);
        }
        return svg;
      }

      const bar = (item) => make("div", { class: "bar", "aria-hidden": "true" },
        ...item.probabilities.map((p, i) => make("i", { hue: hue(data.labels[i]), grow: p })));

      function describeLesions(item) {
        if (!item.lesions.length) return item.segmented ? "no lesion outlined" : "";
        const first = size(item.lesions[0]);
        return item.lesions.length === 1 ? "lesion " + first
          : plural(item.lesions.length, "lesion") + ", largest " + first;
      }

      function card(item, index) {
        const likely = item.label === null ? null : item.probabilities[data.labels.indexOf(item.label)];
        return make("button", {
          class: "card" + (item.suspicious ? " suspicious" : ""), type: "button",
          click: () => openCase(index),
          "aria-label": `${item.label ?? "image"}, ${item.file}`,
        },
          make("div", { class: "picture" }, item.picture ? picture(item) : ""),
          make("div", { class: "words" },
            item.label === null ? null : make("div", { class: "verdict" },
              make("span", { class: "dot", hue: hue(item.label) }), item.label,
              make("output", {}, percent(likely))),
            item.probabilities.length ? bar(item) : null,
            make("div", { class: "file" }, item.file.slice(shared.length)),
            make("div", { class: "small" }, describeLesions(item)),
            item.warnings.length
              ? make("div", { class: "caution" }, "⚠ " + plural(item.warnings.length, "remark")) : null));
      }

      function makeMore() {
        const end = Math.min(state.made + 60, state.shown.length);
        const fragment = document.createDocumentFragment();
        for (; state.made < end; state.made++) fragment.append(card(state.shown[state.made], state.made));
        $("cards").append(fragment);
      }

      function matches(item) {
        const label = state.label;
        const fits = label === "all" || (label === "suspicious" ? item.suspicious
          : label === "lesions" ? item.lesions.length > 0 : label === "class:" + item.label);
        return fits && (item.file + " " + item.name + " " + (item.patient ?? "")).toLowerCase()
          .includes(state.text);
      }

      function show() {
        state.shown = data.cases.filter(matches).sort(orders[state.sort]);
        state.made = 0;
        $("cards").replaceChildren();
        makeMore();
        if (!state.shown.length && state.label !== "failed") {
          $("cards").append(make("p", { class: "empty" },
            data.cases.length ? "Nothing here fits the filter." : "No image could be screened."));
        }
        $("count").textContent = state.label === "failed" ? ""
          : `${state.shown.length} of ${plural(data.cases.length, "image")}`;
        showFailures();
        for (const button of $("filters").children) {
          button.setAttribute("aria-pressed", String(button.dataset.label === state.label));
        }
      }

      function showFailures() {
        const isWanted = state.label === "all" || state.label === "failed";
        const rows = data.failed.filter((item) =>
          (item.file + " " + item.reason).toLowerCase().includes(state.text));
        $("failures").hidden = !isWanted || !rows.length;
        $("failure-rows").replaceChildren(...rows.map((item) =>
          make("tr", {}, make("td", {}, item.file), make("td", {}, item.reason))));
      }

      function openCase(index) {
        const item = state.shown[index];
        if (!item) return;
        state.open = index;
        $("case").classList.toggle("suspicious", item.suspicious);
        $("case-title").textContent = item.file;
        $("case-picture").replaceChildren(item.picture ? picture(item) : "");
        $("case-facts").replaceChildren(...facts(item));
        $("previous").disabled = index === 0;
        $("next").disabled = index + 1 >= state.shown.length;
        if (!$("case").open) $("case").showModal();
      }

      function facts(item) {
        const parts = [];
        const part = (title, ...content) => parts.push(
          make("section", {}, make("h3", {}, title), ...content));
        if (item.probabilities.length) {
          part("Class", make("div", { class: "likely" }, ...item.probabilities.flatMap((p, i) => [
            make("span", {}, data.labels[i]), make("span", { class: "muted" }, percent(p)),
            make("div", { class: "bar" }, make("i", { hue: hue(data.labels[i]), grow: p }),
              make("b", { grow: 1 - p })),
          ])));
        }
        if (item.lesions.length) part("Lesions", lesionTable(item));
        else if (item.segmented) part("Lesions", make("p", {}, "None outlined."));
        if (item.warnings.length) {
          part("Remarks", make("ul", { class: "caution" },
            ...item.warnings.map((text) => make("li", {}, text))));
        }
        part("Image", make("p", {}, item.facts), item.patient ? make("p", {}, item.patient) : "");
        const path = item.name.split("/").map(encodeURIComponent).join("/");
        const link = (ending, text) => make("a", { href: "./" + path + ending, target: "_blank", rel: "noopener" }, text);
        part("Files", make("p", { class: "links" }, link(".json", "measurements"),
          item.segmented && data.overlays ? link(".overlay.png", "overlay") : "",
          item.segmented && data.masks ? link(".mask.png", "mask") : ""));
        return parts;
      }

      function lesionTable(item) {
        const row = (tag, ...cells) => make("tr", {}, ...cells.map((cell, i) =>
          make(tag, i ? { class: "n" } : {}, cell)));
        return make("table", {},
          make("thead", {}, row("th", "Size", "Area", "Certainty")),
          make("tbody", {}, ...item.lesions.map((lesion) => row("td", size(lesion),
            lesion.areaMM2 !== null ? lesion.areaMM2.toFixed(1) + " mm²" : lesion.area + " px",
            percent(lesion.probability)))));
      }

      function tiles() {
        const count = (test) => data.cases.filter(test).length;
        const tile = (kind, number, text) => make("div", { class: "tile " + kind },
          make("b", {}, String(number)), make("span", {}, text));
        const items = [tile("", data.cases.length, "images screened")];
        if (data.suspiciousLabels.length) {
          items.push(tile("alert", count((item) => item.suspicious), "call for a second look"));
        }
        items.push(tile("", count((item) => item.lesions.length > 0), "with a lesion outlined"));
        if (data.failed.length) items.push(tile("", data.failed.length, "could not be read"));
        if (data.labels.length && data.cases.length) items.push(spread(count));
        $("tiles").replaceChildren(...items);
      }

      function spread(count) {
        const numbers = data.labels.map((label) => [label, count((item) => item.label === label)]);
        return make("div", { class: "tile wide" },
          make("div", { class: "legend" }, ...numbers.map(([label, number]) => make("span", {},
            make("strong", {}, String(number)), " " + label))),
          make("div", { class: "spread", "aria-hidden": "true" }, ...numbers.filter((n) => n[1] > 0)
            .map(([label, number]) => make("i", { hue: hue(label), grow: number }))));
      }

      function filters() {
        const count = (test) => data.cases.filter(test).length;
        const button = (label, text, number, color) => {
          const element = make("button", { type: "button", click: () => { state.label = label; show(); } },
            color ? make("span", { class: "dot", hue: color }) : null, text,
            make("small", {}, String(number)));
          element.dataset.label = label;
          return element;
        };
        const buttons = [button("all", "All", data.cases.length)];
        for (const label of data.labels) {
          buttons.push(button("class:" + label, label, count((item) => item.label === label), hue(label)));
        }
        buttons.push(button("lesions", "with lesion", count((item) => item.lesions.length > 0)));
        if (data.failed.length) buttons.push(button("failed", "failed", data.failed.length));
        $("filters").replaceChildren(...buttons);
      }

      function circumstances() {
        const when = data.started.replace("T", " ").replace("Z", " UTC");
        const parts = [when, plural(Math.max(Math.round(data.elapsed), 0), "second"),
          "model " + data.model.name, data.program, data.inputs.join(", ")];
        $("circumstances").textContent = parts.join(" · ")
          + (data.interrupted ? " · stopped before every file was looked at" : "");
        $("model").textContent = `Model ${data.model.name}, SHA-256 ${data.model.sha256}. ${data.model.summary}`;
      }

      function setOutlines(isOn) {
        $("outlines").checked = isOn;
        document.body.classList.toggle("plain", !isOn);
      }

      function keys(event) {
        const isTyping = event.target.matches?.("input[type=search], select");
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "o" && !isTyping) setOutlines(!$("outlines").checked);
        if (event.key === "/" && !isTyping && !$("case").open) { event.preventDefault(); $("search").focus(); }
        if (event.key === "ArrowRight" && $("case").open) openCase(state.open + 1);
        if (event.key === "ArrowLeft" && $("case").open) openCase(state.open - 1);
      }

      circumstances();
      tiles();
      filters();
      $("search").addEventListener("input", () => { state.text = $("search").value.trim().toLowerCase(); show(); });
      $("sort").addEventListener("change", () => { state.sort = $("sort").value; show(); });
      $("outlines").addEventListener("change", () => setOutlines($("outlines").checked));
      $("close").addEventListener("click", () => $("case").close());
      $("previous").addEventListener("click", () => openCase(state.open - 1));
      $("next").addEventListener("click", () => openCase(state.open + 1));
      $("case").addEventListener("click", (event) => { if (event.target === $("case")) $("case").close(); });
      document.addEventListener("keydown", keys);
      // Observing anew reports again at once, so that a tall window fills up too.
      const nearEnd = new IntersectionObserver((entries) => {
        if (!entries.some((entry) => entry.isIntersecting) || state.made >= state.shown.length) return;
        makeMore();
        nearEnd.unobserve($("more"));
        nearEnd.observe($("more"));
      }, { rootMargin: "1200px" });
      nearEnd.observe($("more"));
      show();
    })();
    """#
}
