// What a page of the kit does by itself: says how far opening is, warns before typing could be lost, explains words.
(function () {
  "use strict";
  var every = 15000; // milliseconds between two questions whether the page's kernel still lives
  var slow = [8000, 30000]; // after so long, say that the line may be slow, and that it takes longer than usual
  var timer = null;
  // The kernel gets 4 seconds to send its forms; then the browser asks for a thousand pieces one by one and loses some.
  // A weak or busy computer needs longer. The library has no setting for it, so the wait is stretched here.
  var later = window.setTimeout;
  window.setTimeout = function (act, wait) {
    var more = Array.prototype.slice.call(arguments, 2);
    return later.apply(window, [act, wait === 4000 ? 60000 : wait].concat(more));
  };
  var started = Date.now();

  function el(id) { return document.getElementById(id); }

  // A screen reader speaks every change of these words: so each sentence stands there once and never comes back.
  var spoken = [];
  function say(words) {
    var box = el("kit-opening-words");
    if (box && spoken.indexOf(words) < 0) { spoken.push(words); box.textContent = words; }
  }

  // The first form stands: what says that the page loads has done its work.
  var stood = false;
  function begun() {
    var box = el("kit-opening");
    stood = true;
    if (box) { box.hidden = true; }
  }

  function wait() {
    if (Date.now() - started > slow[1]) { say("This takes longer than usual. If it stays so, load the page again."); return; }
    if (Date.now() - started > slow[0]) { say("Still loading. A slow line or a busy computer needs a while. You can read on: the forms come by themselves."); }
  }

  function opened() {
    begun();
    document.documentElement.setAttribute("data-kit", "ready");
    window.clearInterval(timer);
  }

  // Voilà's script would wait for the whole page; the first form shall stand before the last one is made.
  var listen = window.addEventListener;
  window.addEventListener = function (kind, act) {
    if (kind === "load" && typeof act === "function" && document.readyState !== "complete") { later(act, 0); return; }
    return listen.apply(window, arguments);
  };

  function forms() { return document.querySelectorAll(".kit-form"); }

  function drawn(form) { return form.querySelector(".jupyter-widgets, .jp-RenderedText"); }

  function stands(form) { return drawn(form) && !failed(form); }

  function failed(form) { return form.textContent.indexOf("Error displaying widget") >= 0; }

  // What draws forms, once it knows the forms that stand so far; it hears of every later one by itself.
  function manager() {
    var found = window.jupyterapp && window.jupyterapp.widgetManager;
    return found && found.restoredStatus ? found : null;
  }

  // Draw a form when the page has heard of it; on a busy computer that may take a while.
  function draw(form) {
    var drawer = manager();
    var mime = "application/vnd.jupyter.widget-view+json";
    if (!drawer || !form.kitOutput || !drawer.has_model(form.kitOutput.data[mime].model_id)) { return; }
    var drawing = (drawer.rendermime || drawer._rendermime).createRenderer(mime);
    form.replaceChildren();
    drawing.renderModel({ data: form.kitOutput.data, metadata: {}, trusted: true });
    drawing.constructor.attach(drawing, form);
    form.kitAsked = true;
  }

  function gather() {
    forms().forEach(function (form) {
      var script = form.kitOutput ? null : form.querySelector("script");
      if (!script) { return; }
      try { form.kitOutput = JSON.parse(script.textContent); } catch (unfinished) { return; } // the rest is still on its way
    });
  }

  // A slider's handle is what the keyboard reaches; its library gives it no name, so it takes that of its label.
  function name() {
    document.querySelectorAll(".widget-slider .noUi-handle:not([aria-label])").forEach(function (handle) {
      var label = handle.closest(".widget-slider").querySelector(".widget-label");
      if (label && label.textContent) { handle.setAttribute("aria-label", label.textContent); }
    });
  }

  // Voilà lays an empty frame of JupyterLab beside the page; nobody shall come across it.
  function tidy() {
    var frame = window.jupyterapp && window.jupyterapp.shell && window.jupyterapp.shell.node;
    if (frame && !document.getElementById("kit-page").contains(frame)) { frame.hidden = true; }
  }

  // Tell the server that this page can take its forms, or has none: it then makes the next kernel ready.
  var told = false;
  function tell() {
    var page = settings();
    if (told || !page.kernelId) { return; }
    told = true;
    // Like a picture, so that a hub asks for no proof of the page: nothing is changed by it and nothing read.
    fetch(page.baseUrl + "learner-kit/ready/" + page.kernelId, { credentials: "same-origin", mode: "no-cors" }).catch(function () {});
  }

  // Once what draws forms is there, draw each form as it comes.
  var ready = false;
  function drawing() {
    if (!ready && manager()) {
      ready = true;
      tidy();
      new MutationObserver(name).observe(el("kit-page"), { childList: true, subtree: true });
      tell();
    }
    gather();
    forms().forEach(function (form) { if (!form.kitAsked) { draw(form); } });
    if (!stood) { if (Array.prototype.some.call(forms(), stands)) { begun(); } else { wait(); } }
  }

  // What redrawing cannot mend, opening the page once more may; if not, the page says so. Answers are on disk.
  function again() {
    var mark = "kit-again:" + window.location.pathname;
    if (window.sessionStorage.getItem(mark)) {
      window.sessionStorage.removeItem(mark);
      trouble("Some forms of this page did not open. Close other programs, then load this page again.");
      return false;
    }
    window.sessionStorage.setItem(mark, "1");
    say("Opening the forms once more …");
    window.location.reload();
    return true;
  }

  function settings() {
    var box = el("jupyter-config-data");
    return box ? JSON.parse(box.textContent) : {};
  }

  function trouble(words) {
    var box = el("kit-trouble");
    if (!box) { return; }
    box.textContent = words;
    box.hidden = !words;
    forms().forEach(function (form) { form.inert = Boolean(words); });
  }

  function watch() {
    var page = settings();
    var address = page.baseUrl + "api/kernels/" + page.kernelId;
    var misses = 0;
    function lost() {
      trouble("This page has lost its connection to the kit. What was saved is safe, but nothing you type now is kept. " +
        "Make sure that the kit still runs, then load this page again.");
    }
    function ask() {
      fetch(address, { credentials: "same-origin", cache: "no-store", headers: proof() }).then(function (answer) {
        if (answer.status === 404) { misses = 2; lost(); return; }
        // On a hub somebody else answers for a server that has stopped (5xx, 424), or sends to the sign-in (403).
        if (answer.status >= 400) { throw answer.status; }
        misses = 0;
        trouble("");
      }).catch(function () { misses += 1; if (misses > 1) { lost(); } else { window.setTimeout(ask, 1500); } });
    }
    window.setInterval(ask, every);
    document.addEventListener("visibilitychange", function () { if (!document.hidden) { ask(); } });
    window.addEventListener("online", ask);
  }

  // That a page of this server asks: what a hub wants to see even where nothing is changed.
  function proof() {
    var token = (document.cookie.match("\\b_xsrf=([^;]*)\\b") || [])[1];
    return token ? { "X-XSRFToken": token } : {};
  }

  function stopKernel() {
    var page = settings();
    if (!page.kernelId) { return; }
    fetch(page.baseUrl + "voila/api/shutdown/" + page.kernelId, {
      method: "POST", credentials: "same-origin", keepalive: true, headers: proof()
    }).catch(function () {});
  }

  window.kit = {
    // One cell of the page is there.
    step: function (index, count) {
      var bar = el("kit-opening-bar");
      if (bar) { bar.value = 4 + Math.round(80 * index / count); }
    },
    tabs: begin,
    // A tab's part begins: what comes into it is hidden unless the tab is open.
    panel: function (number) { el("kit-panel-" + number).hidden = el("kit-tab-" + number).getAttribute("aria-selected") !== "true"; },
    // All cells are there; forms may still have to be drawn.
    read: function (live) {
      explain();
      follow(window.location.hash);
      window.addEventListener("pagehide", stopKernel);
      if (!live) { tell(); opened(); return; }
      var redrawn = 0, tries = 0;
      watch();
      timer = window.setInterval(function () {
        if (Array.prototype.every.call(forms(), drawn)) {
          window.clearInterval(early);
          var lost = Array.prototype.filter.call(forms(), failed);
          if (!lost.length) { window.sessionStorage.removeItem("kit-again:" + window.location.pathname); opened(); return; }
          if (Date.now() - redrawn < 1000) { return; }
          redrawn = Date.now();
          tries += 1;
          if (tries <= 30) { lost.forEach(draw); return; }
          window.clearInterval(timer);
          if (!again()) { opened(); }
          return;
        }
        wait();
      }, 50);
    }
  };
  var early = window.setInterval(drawing, 40);
  // A word of the trade: its link to the glossary opens the meaning in place. Without this script it stays a link.
  var meaning = null; // the box that is open
  var asked = null; // the word it was opened from

  function close(back) {
    if (!meaning) { return; }
    var word = asked;
    meaning.remove();
    meaning = asked = null;
    word.setAttribute("aria-expanded", "false");
    word.removeAttribute("aria-controls");
    if (back) { word.focus(); }
  }

  function make(kind, className, words) {
    var made = document.createElement(kind);
    made.className = className;
    made.textContent = words;
    return made;
  }

  function open(word, known) {
    close(false);
    var shut = make("button", "kit-meaning-close", "Close");
    var more = make("a", "", "Look it up in the glossary");
    var title = make("strong", "", known.term);
    var says = make("p", "", known.says);
    shut.type = "button";
    more.href = word.href;
    title.id = "kit-meaning-title";
    says.id = "kit-meaning-says";
    meaning = make("div", "kit-meaning", "");
    meaning.id = "kit-meaning";
    meaning.setAttribute("role", "dialog");
    meaning.setAttribute("aria-labelledby", title.id);
    meaning.setAttribute("aria-describedby", says.id);
    meaning.append(title, says, shut, more);
    asked = word;
    // Beside the word in the order of the page, so that Tab goes on from there; a table would cut the box off.
    var near = word.closest("table, p");
    if (near) { near.after(meaning); } else { (word.closest("li") || word.parentElement).append(meaning); }
    var box = meaning.offsetParent.getBoundingClientRect();
    var at = word.getBoundingClientRect();
    var room = meaning.offsetParent.clientWidth - meaning.offsetWidth - 12;
    meaning.style.left = Math.max(12, Math.min(at.left - box.left, room)) + "px";
    var below = at.bottom + meaning.offsetHeight + 12 < window.innerHeight || at.top < meaning.offsetHeight + 60;
    meaning.style.top = (below ? at.bottom + 6 : at.top - meaning.offsetHeight - 6) - box.top + "px";
    word.setAttribute("aria-expanded", "true");
    word.setAttribute("aria-controls", meaning.id);
    shut.addEventListener("click", function () { close(true); });
    meaning.addEventListener("focusout", function (event) {
      if (meaning && event.relatedTarget && event.relatedTarget !== asked && !meaning.contains(event.relatedTarget)) { close(false); }
    });
    shut.focus({ preventScroll: true });
  }

  function explain() {
    var data = el("kit-words");
    if (!data) { return; }
    var known = JSON.parse(data.textContent);
    document.querySelectorAll(".kit-prose a[href*='glossary.ipynb#']").forEach(function (word) {
      var found = known[decodeURIComponent(word.hash.slice(1))];
      if (!found) { return; }
      word.className = "kit-word";
      word.setAttribute("role", "button");
      word.setAttribute("aria-haspopup", "dialog");
      word.setAttribute("aria-expanded", "false");
      word.addEventListener("click", function (event) {
        if (event.ctrlKey || event.metaKey || event.shiftKey) { return; } // a tab of its own, as with any link
        event.preventDefault();
        if (asked === word) { close(true); } else { open(word, found); }
      });
      word.addEventListener("keydown", function (event) {
        if (event.key === " ") { event.preventDefault(); word.click(); }
      });
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && meaning) { event.preventDefault(); close(true); }
    });
    document.addEventListener("click", function (event) {
      if (meaning && !meaning.contains(event.target) && !asked.contains(event.target)) { close(false); }
    });
    window.addEventListener("resize", function () { close(false); });
  }

  // Tabs: one part of a long page at a time. Left, right, Home and End go through them; a link to a part opens its tab.
  function tabs() { return Array.prototype.slice.call(document.querySelectorAll(".kit-tabs [role=tab]")); }

  function choose(tab, focus) {
    tabs().forEach(function (one) {
      var panel = el(one.getAttribute("aria-controls"));
      one.setAttribute("aria-selected", one === tab ? "true" : "false");
      one.tabIndex = one === tab ? 0 : -1;
      if (panel) { panel.hidden = one !== tab; }
    });
    if (focus) { tab.focus(); }
  }

  function keep(tab) { // the address remembers the tab, so that loading the page again comes back to it
    window.history.replaceState(null, "", "#" + encodeURIComponent(tab.textContent));
  }

  function begin() {
    var list = document.querySelector(".kit-tabs");
    var wanted = decodeURIComponent(window.location.hash.slice(1));
    document.documentElement.classList.add("kit-tabbed");
    tabs().forEach(function (tab) { if (tab.textContent === wanted) { choose(tab, false); } });
    list.addEventListener("click", function (event) {
      var tab = event.target.closest("[role=tab]");
      if (tab) { choose(tab, true); keep(tab); }
    });
    list.addEventListener("keydown", function (event) {
      var all = tabs(), at = all.indexOf(event.target);
      var to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (at < 0 || to === undefined) { return; }
      event.preventDefault();
      to = all[(to + all.length) % all.length];
      choose(to, true);
      keep(to);
    });
    document.addEventListener("click", function (event) {
      var link = event.target.closest ? event.target.closest("main a[href^='#']") : null;
      if (link && !event.defaultPrevented && follow(link.getAttribute("href"))) { event.preventDefault(); }
    });
  }

  // Open the tab in which a place of the page stands, and go there; say whether there was one.
  function follow(hash) {
    var place = hash.length > 1 ? el(decodeURIComponent(hash.slice(1))) : null;
    var panel = place && place.closest(".kit-panel");
    if (!panel) { return false; }
    var tab = el(panel.getAttribute("aria-labelledby"));
    choose(tab, false);
    window.history.replaceState(null, "", hash);
    if (place.tagName === "H2") { tab.focus(); return true; }
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start" });
    return true;
  }

  // On paper nothing is folded.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".kit-source").forEach(function (one) { one.open = true; });
  });

  // A link to a question leads to its field: the place itself stands below it, where the field says what it takes.
  function jump(event) {
    var link = event.target.closest ? event.target.closest("a[href^='#q-']") : null;
    var place = link && el(link.getAttribute("href").slice(1));
    var question = place && (place.closest(".lk-question") || place);
    if (!question || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    question.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    var field = question.querySelector("input:not([type=file]), textarea, select, button");
    if (field) { field.focus({ preventScroll: true }); }
  }
  document.addEventListener("click", jump);

  // Whoever is used to double clicks presses such a button once all the same; what moved under the mouse meanwhile is not pressed.
  document.addEventListener("click", function (event) {
    if (event.detail > 1 && event.target.closest(".lk-once")) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  // A page that the browser kept from before has no kernel any more: load it afresh.
  window.addEventListener("pageshow", function (event) { if (event.persisted) { window.location.reload(); } });
  window.voila_heartbeat = function () {};
  window.voila_finish = function () {};
}());
