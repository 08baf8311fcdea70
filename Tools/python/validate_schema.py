"""Validates documents by a JSON Schema: validate_schema.py SCHEMA DOCUMENTS

DOCUMENTS holds one JSON value a line. Prints one JSON object a line: first what is wrong with the
schema itself (against its metaschema, and each default and example against the place where it
stands), then for each document the first error, or null where it is accepted.
"""

import json
import sys

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource


def pointers(value, pointer=""):
    """Every subschema, by its place; what holds values instead of schemas is left alone."""
    if not isinstance(value, dict):
        return
    yield pointer, value
    for key, inner in value.items():
        if key in ("properties", "$defs"):
            for name, schema in inner.items():
                yield from pointers(schema, f"{pointer}/{key}/{name}")
        elif key in ("anyOf", "allOf", "oneOf", "prefixItems"):
            for index, schema in enumerate(inner):
                yield from pointers(schema, f"{pointer}/{key}/{index}")
        elif key in ("items", "not", "if", "then", "else"):
            yield from pointers(inner, f"{pointer}/{key}")


def mistakes(schema):
    """What is wrong with the schema itself."""
    found = [f"metaschema: {e.json_path}: {e.message}"
             for e in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema)]
    registry = Registry().with_resource(schema["$id"], Resource.from_contents(schema))
    values = 0
    for pointer, place in pointers(schema):
        written = list(place.get("examples", []))
        if "default" in place:
            written.append(place["default"])
        if not written:
            continue
        here = Draft202012Validator({"$ref": f"{schema['$id']}#{pointer}"}, registry=registry)
        for value in written:
            values += 1
            for error in here.iter_errors(value):
                found.append(f"{pointer}: {value!r}: {error.message}")
    return {"mistakes": found, "values": values}


def main():
    with open(sys.argv[1]) as file:
        schema = json.load(file)
    print(json.dumps(mistakes(schema)))
    validator = Draft202012Validator(schema)
    with open(sys.argv[2]) as file:
        for line in file:
            document = json.loads(line)
            # The first error decides; the best one is worth its time only where it is printed.
            error = None if validator.is_valid(document) else best_match(
                validator.iter_errors(document))
            print(json.dumps({"error": error and f"{error.json_path}: {error.message[:200]}"}))


main()
