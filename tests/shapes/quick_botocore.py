"""botocore, by import: what each start of a test reads and works out anew is kept.

That is the JSON of AWS's models, in the project's build directory in Python's own form, and what an event is called in
another service's words.  It was a seventh of what the tests cost.
"""
import json
import marshal
import os
import tempfile

import botocore
import botocore.hooks
import botocore.loaders

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEPT = os.path.join(TOP, "build", f"botocore-{botocore.__version__}")

read_json = botocore.loaders.JSONFileLoader.load_file
name_event = botocore.hooks.EventAliaser._alias_event_name
events = {}


def keep(path, model):
    os.makedirs(KEPT, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=KEPT, delete=False) as f:
        f.write(marshal.dumps(json.loads(json.dumps(model))))
    os.replace(f.name, path)


def load_file(loader, path):
    kept = os.path.join(KEPT, path.rpartition("/data/")[2].replace("/", "+"))
    try:
        with open(kept, "rb") as f:
            return marshal.load(f)
    except (OSError, EOFError, ValueError, TypeError):
        model = read_json(loader, path)
        if model is not None:
            keep(kept, model)
        return model


def alias_event_name(aliaser, name):
    if name not in events:
        events[name] = name_event(aliaser, name)
    return events[name]


botocore.loaders.JSONFileLoader.load_file = load_file
botocore.hooks.EventAliaser._alias_event_name = alias_event_name
