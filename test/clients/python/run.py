"""
Runs the cases of the modules named on the command line against several gateways, and prints what came of each as a JSON line;
then a guide's snippets one after another, and prints what each of them prints. In the environment, as JSON: GATEWAYS is a list of
upstream, url and key, SNIPPETS a list of texts.
"""

import io
import json
import os
import sys
import traceback
from contextlib import redirect_stdout
from importlib import import_module

from kit import Gateway

gateways = [Gateway(**one) for one in json.loads(os.environ["GATEWAYS"])]
for module in sys.argv[1:]:
    for case, check in import_module(module).CASES.items():
        for gateway in gateways:
            try:
                check(gateway)
                outcome = "ok"
            except Exception:
                outcome = traceback.format_exc(limit=-3)
            print(json.dumps({"module": module, "case": case, "upstream": gateway.upstream, "outcome": outcome}))

scope: dict = {}
for at, snippet in enumerate(json.loads(os.environ["SNIPPETS"])):
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(snippet, scope)
    print(json.dumps({"module": "guide", "case": str(at), "upstream": "", "outcome": printed.getvalue().strip()}))
