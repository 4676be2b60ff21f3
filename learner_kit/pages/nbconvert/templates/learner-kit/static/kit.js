// What a page of the kit does by itself: says how far opening is, and warns before typing could be lost.
(function () {
  "use strict";
  var every = 15000; // milliseconds between two questions whether the page's kernel still lives
  var slow = 30000; // after so long, say that it takes longer than usual
  var timer = null;
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

  function drawn() {
    return Array.prototype.every.call(document.querySelectorAll(".kit-form"), function (form) {
      return form.querySelector(".jupyter-widgets, .jp-RenderedText");
    });
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
    document.querySelectorAll(".kit-form").forEach(function (form) { form.inert = Boolean(words); });
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
    // All cells are there; forms still have to be drawn.
    read: function (forms) {
      window.addEventListener("pagehide", stopKernel);
      if (!forms) { stopKernel(); window.removeEventListener("pagehide", stopKernel); opened(); return; }
      say("Getting the forms ready …");
      watch();
      timer = window.setInterval(function () {
        if (drawn()) { opened(); return; }
        if (Date.now() - started > slow) { say("This takes longer than usual. If it stays so, load the page again."); }
      }, 50);
    }
  };
  // A page that the browser kept from before has no kernel any more: load it afresh.
  window.addEventListener("pageshow", function (event) { if (event.persisted) { window.location.reload(); } });
  window.voila_heartbeat = function () { say("Still opening: one part of this page takes its time …"); };
  window.voila_finish = function () {};
}());
