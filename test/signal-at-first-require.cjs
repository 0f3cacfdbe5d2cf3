// Preloaded by a test: sends SIGTERM to this process when its program loads the first module.
const Module = require("node:module");

const load = Module._load;
let isSent = false;
Module._load = function (request, parent, ...rest) {
  if (!isSent && parent?.filename === process.argv[1]) {
    isSent = true;
    process.kill(process.pid, "SIGTERM");
  }
  return load.call(this, request, parent, ...rest);
};
