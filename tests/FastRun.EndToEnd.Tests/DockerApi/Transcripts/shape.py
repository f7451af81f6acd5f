"""Prints which fields a JSON document has, and of which kind: what clients rely on where values are the engine's own."""
import json
import sys

found = set()


def kind(value):
    if value is None or value == [] or value == {} or value == "":
        return "none"
    return {dict: "object", list: "list", str: "text", bool: "flag", int: "number", float: "number"}[type(value)]


def walk(path, value, free):
    if isinstance(value, dict) and not any(path.endswith(name) for name in free):
        for key, child in value.items():
            walk(f"{path}.{key}", child, free)
    elif isinstance(value, list) and value and isinstance(value[0], dict) and not path.endswith(".Health.Log"):
        for child in value:
            walk(path + "[]", child, free)
    else:
        found.add(path + (" " + kind(value) if len(sys.argv) > 1 and sys.argv[1] == "-k" else ""))


for line in sys.stdin.read().replace("}\n{", "}\n\0{").split("\0"):
    walk("", json.loads(line), [".Labels", ".Sysctls", ".Ports", ".PortBindings", ".ExposedPorts", ".Volumes", ".Networks", ".Containers", ".Options", ".GraphDriver.Data"])
print("\n".join(sorted(found)))
