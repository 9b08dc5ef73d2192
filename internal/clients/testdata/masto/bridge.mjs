// Lets a test call masto.js: a request a line on standard input, its answer a line on standard output.
//
// {"use": "oauth" or "rest", "config": {…}} makes a client, {"path": [name or {"select": id}, …], "args": […]} calls a
// method of it; with "whole" a list is read to its end, page by page. Answers are {"result": …} or {"error": …}.
import { createInterface } from "node:readline";
import { createOAuthAPIClient, createRestAPIClient } from "masto";

const makers = { oauth: createOAuthAPIClient, rest: createRestAPIClient };
let client;

async function answer({ use, config, path, args, whole }) {
  if (use) {
    client = makers[use](config);
    return null;
  }
  const method = path.slice(0, -1).reduce((at, step) => (step.select ? at.$select(step.select) : at[step]), client);
  const result = method[path.at(-1)](...args);
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
