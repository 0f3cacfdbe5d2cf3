// CommonJS without types, because start.cjs uses it before it loads anything else.
const { spawn } = require("node:child_process");
const { once } = require("node:events");

let running;

exports.startBundler = (program) => {
  running ??= start(program);
  return running;
};

function start(program) {
  const child = spawn(process.execPath, [program, "build"], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const result = Promise.race([once(child, "message"), once(child, "exit")]);
  return { result: result.then(([first]) => first), stop: () => child.kill() };
}
