// What a page of the kit does by itself: says how far opening is, warns before typing could be lost, explains words.
(function () {
  "use strict";
  var every = 15000; // milliseconds between two questions whether the page's kernel still lives
  var slow = 30000; // after so long, say that it takes longer than usual
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

  function say(words) {
    var box = el("kit-opening-words");
    if (box && box.textContent !== words) { box.textContent = words; }
  }

  function opened() {
    var box = el("kit-opening");
    if (box) { box.hidden = true; }
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
      if (script) { form.kitOutput = JSON.parse(script.textContent); }
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

  // Tell the server that forms may come, then draw each as it comes.
  var ready = false;
  function drawing() {
    if (!ready && manager()) {
      ready = true;
      tidy();
      new MutationObserver(name).observe(el("kit-page"), { childList: true, subtree: true });
      // Like a picture, so that a hub asks for no proof of the page: nothing is changed by it and nothing read.
      fetch(settings().baseUrl + "learner-kit/ready/" + settings().kernelId, { credentials: "same-origin", mode: "no-cors" }).catch(function () {});
    }
    gather();
    forms().forEach(function (form) { if (!form.kitAsked) { draw(form); } });
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
      fetch(address, { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
        if (answer.status === 404) { misses = 2; lost(); return; }
        misses = 0;
        trouble("");
      }).catch(function () { misses += 1; if (misses > 1) { lost(); } else { window.setTimeout(ask, 1500); } });
    }
    window.setInterval(ask, every);
    document.addEventListener("visibilitychange", function () { if (!document.hidden) { ask(); } });
    window.addEventListener("online", ask);
  }

  function stopKernel() {
    var page = settings();
    if (!page.kernelId) { return; }
    var token = (document.cookie.match("\\b_xsrf=([^;]*)\\b") || [])[1];
    fetch(page.baseUrl + "voila/api/shutdown/" + page.kernelId, {
      method: "POST", credentials: "same-origin", keepalive: true, headers: token ? { "X-XSRFToken": token } : {}
    }).catch(function () {});
  }

  window.kit = {
    // One cell of the page is there.
    step: function (index, count) {
      var bar = el("kit-opening-bar");
      if (bar) { bar.value = 4 + Math.round(80 * index / count); }
    },
    // All cells are there; forms may still have to be drawn.
    read: function (live) {
      explain();
      window.addEventListener("pagehide", stopKernel);
      if (!live) { opened(); return; }
      say("Getting the forms ready …");
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
          if (tries <= 30) { say("Some forms need longer …"); lost.forEach(draw); return; }
          window.clearInterval(timer);
          if (!again()) { opened(); }
          return;
        }
        if (Date.now() - started > slow) { say("This takes longer than usual. If it stays so, load the page again."); }
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

  // A page that the browser kept from before has no kernel any more: load it afresh.
  window.addEventListener("pageshow", function (event) { if (event.persisted) { window.location.reload(); } });
  window.voila_heartbeat = function () { say("Still opening: one part of this page takes its time …"); };
  window.voila_finish = function () {};
}());
