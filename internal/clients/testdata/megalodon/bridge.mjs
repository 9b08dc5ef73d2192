// Lets a test call megalodon: a request a line on standard input, its answer a line on standard output.
//
// {"open": {"url": …, "token": …}} makes a client for the kind of server that megalodon finds there. {"call": name, "args": […]}
// calls a method of it; {"file": path} among the arguments stands for the file, and with "whole" a list, whose only argument is
// an object, is read to its end, page by page. {"listen": true} opens the member's stream, and {"heard": true} gives what came
// by it until now. Answers are {"result": …} or {"error": …}.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import generator, { detector } from "megalodon";

let client;
const heard = [];

async function open({ url, token }) {
  const kind = await detector(url);
  client = generator(kind, url, token ?? null, "megalodon");
  return kind;
}

async function listen() {
  const stream = await client.userStreaming();
  stream.on("update", (status) => heard.push({ type: "update", status }));
  stream.on("notification", (notification) => heard.push(notification));
  for (const trouble of ["error", "parser-error"]) {
    stream.on(trouble, (error) => console.error(`${trouble}: ${error}`));
  }
  await new Promise((resolve) => stream.once("connect", resolve));
  return null;
}

// Pages go on below the last entry's id, as long as the server names a next page.
async function wholeOf(call, options) {
  const all = [];
  for (let below; ; ) {
    const page = await client[call]({ ...options, max_id: below });
    all.push(...page.data);
    if (!/rel="next"/.test(page.headers.link ?? "")) {
      return all;
    }
    below = page.data.at(-1).id;
  }
}

async function answer(request) {
  if (request.open) {
    return open(request.open);
  }
  if (request.listen) {
    return listen();
  }
  if (request.heard) {
    return heard;
  }
  const args = request.args.map((value) => (value?.file ? createReadStream(value.file) : value));
  if (request.whole) {
    return wholeOf(request.call, ...args);
  }
  const response = await client[request.call](...args);
  return response?.data === undefined ? response : response.data;
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = { result: (await answer(JSON.parse(line))) ?? null };
  } catch (error) {
    said = { error: `${error.name}: ${error.response?.data?.error ?? error.message}` };
  }
  console.log(JSON.stringify(said));
}
process.exit(); // an open stream would keep it from ending
