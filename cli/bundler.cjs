// CommonJS without types, because start.cjs uses it before it loads anything else.
const { spawn } = require("node:child_process");
const { once } = require("node:events");

const messages = { homePage: "home page runnable", all: "all runnable" };

let running;

exports.messages = messages;

exports.startBundler = (program) => {
  running ??= start(program);
  return running;
};

function start(program) {
  const child = spawn(process.execPath, [program, "build"], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit").then(([code]) => code);
  const receive = (expected) => {
    const received = new Promise((resolve) => {
      child.on("message", (message) => message === expected && resolve(message));
    });
    return Promise.race([received, exited]);
  };
  return {
    homePage: receive(messages.homePage),
    all: receive(messages.all),
    stop: () => child.kill(),
  };
}
