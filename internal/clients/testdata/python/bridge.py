"""Lets a test call Mastodon.py: a request a line on standard input, its answer a line on standard output.

{"call": name, "args": {…}} calls a method of the client; "create_app", which makes no client, and "connect", which does,
are called so as well. A "to_status" is named by its id; with "whole" a list is read to its end, page by page. "listen" opens
the member's stream, and "heard" gives what came by it until now. Answers are {"result": …} or {"error": …}.
"""

import json
import sys

from mastodon import Mastodon, StreamListener

client = None
heard = []


class Listener(StreamListener):
    def on_update(self, status):
        heard.append({"type": "update", "status": status})

    def on_notification(self, notification):
        heard.append(notification)

    def on_abort(self, err):
        print(f"stream: {err}", file=sys.stderr)


def answer(call, args, whole=False):
    global client
    if call == "create_app":
        return Mastodon.create_app(**args)
    if call == "connect":
        client = Mastodon(**args)
        return None
    if call == "listen":
        client.stream_user(Listener(), run_async=True)
        return None
    if call == "heard":
        return list(heard)
    if "to_status" in args:
        args["to_status"] = client.status(args["to_status"])
    result = getattr(client, call)(**args)
    return client.fetch_remaining(result) if whole else result


for line in sys.stdin:
    request = json.loads(line)
    try:
        said = {"result": answer(**request)}
    except Exception as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(said, default=str), flush=True)
