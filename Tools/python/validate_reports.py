"""Validates reports for CI by the schemas of others: validate_reports.py SCHEMA FILE…

SCHEMA ends in .xsd for XML or in .json for JSON. Prints one JSON object a line for each file: its
first error, or null where it is valid.
"""

import json
import sys


def xml(path):
    import xmlschema

    schema = xmlschema.XMLSchema(path)
    for file in sys.argv[2:]:
        error = next(schema.iter_errors(file), None)
        yield error and f"{error.path}: {error.reason}"


def documents(path):
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for

    with open(path) as file:
        schema = json.load(file)
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    for name in sys.argv[2:]:
        with open(name) as file:
            error = best_match(validator.iter_errors(json.load(file)))
        yield error and f"{error.json_path}: {error.message[:200]}"


for error in (xml if sys.argv[1].endswith(".xsd") else documents)(sys.argv[1]):
    print(json.dumps({"error": error}))
