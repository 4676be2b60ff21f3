// Stands where Voilà would fetch MathJax from another machine: pages of the kit have no formulas.
window.MathJax = {
  Hub: { Config: function () {}, Configured: function () {}, Queue: function () {}, Register: { StartupHook: function () {} } }
};
