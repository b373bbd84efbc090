"""
Runs the cases of the modules named on the command line against several gateways, and prints what came of each as a JSON line.
The gateways are told in the environment: GATEWAYS is a JSON list of upstream, url and key.
"""

import json
import os
import sys
import traceback
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
