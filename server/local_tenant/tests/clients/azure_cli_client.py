"""Runs azure-cli's commands in one process: a line of JSON with a command's arguments in, one with what came of it out."""

import contextlib
import io
import json
import sys

from azure.cli.core import get_default_cli

cli = get_default_cli()
for line in sys.stdin:
    said = io.StringIO()
    try:
        # Some of it is printed past the output that it was given.
        with contextlib.redirect_stdout(said):
            code = cli.invoke(json.loads(line) + ["--output", "json"], out_file=said)
        error = str(cli.result.error or "")
    except SystemExit as ended:
        code, error = ended.code, "its arguments"
    result = json.loads(said.getvalue() or "null")
    print(json.dumps({"code": code, "result": result, "error": error}), flush=True)
