// Lets a test call masto.js: a request a line on standard input, its answer a line on standard output.
//
// {"use": "oauth" or "rest", "config": {…}} makes a client, {"path": [name or {"select": id}, …], "args": […]} calls a
// method of it; {"file": path} as a value of an argument stands for the file, and with "whole" a list is read to its end, page
// by page. {"listen": {…}} opens the member's stream, and {"heard": true} gives what came by it until now. Answers are
// {"result": …} or {"error": …}.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";

const makers = { oauth: createOAuthAPIClient, rest: createRestAPIClient };
const heard = [];
let client;

function withFiles(args) {
  for (const fields of args) {
    for (const [name, value] of Object.entries(fields)) {
      if (value?.file) {
        fields[name] = new Blob([readFileSync(value.file)]);
      }
    }
  }
  return args;
}

async function listen(config) {
  for await (const event of createStreamingAPIClient(config).user.subscribe()) {
    if (event.event === "update") {
      heard.push({ type: "update", status: event.payload });
    } else if (event.event === "notification") {
      heard.push(event.payload);
    }
  }
}

async function answer({ use, config, path, args, whole, listen: stream, heard: asked }) {
  if (use) {
    client = makers[use](config);
    return null;
  }
  if (stream) {
    listen(stream).catch((error) => console.error(`stream: ${error}`));
    return null;
  }
  if (asked) {
    return heard;
  }
  const method = path.slice(0, -1).reduce((at, step) => (step.select ? at.$select(step.select) : at[step]), client);
  const result = method[path.at(-1)](...withFiles(args));
  if (!whole) {
    return result;
  }
  const all = [];
  for await (const page of result) {
    all.push(...page);
  }
  return all;
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = { result: (await answer(JSON.parse(line))) ?? null };
  } catch (error) {
    said = { error: `${error.name}: ${error.message}` };
  }
  console.log(JSON.stringify(said));
}
process.exit(); // an open stream would keep it from ending
