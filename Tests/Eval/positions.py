"""The line number of each value in a JSON text, for error messages."""
import json
import re

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]+")


def lines_of(text):
    """Line numbers by path: `("events", 1, "from")` -> 7. The text must be JSON."""
    lines = {}

    def skip(at):
        return _SPACE.match(text, at).end()

    def value(at, path):
        lines[path] = text.count("\n", 0, at) + 1
        if text[at] == "{":
            at = skip(at + 1)
            while text[at] != "}":
                name, at = json.decoder.scanstring(text, at + 1)
                at = skip(skip(at) + 1)  # the colon
                at = skip(value(at, (*path, name)))
                at = skip(at + 1) if text[at] == "," else at
            return at + 1
        if text[at] == "[":
            at, index = skip(at + 1), 0
            while text[at] != "]":
                at = skip(value(at, (*path, index)))
                at = skip(at + 1) if text[at] == "," else at
                index += 1
            return at + 1
        if text[at] == '"':
            return json.decoder.scanstring(text, at + 1)[1]
        return _SCALAR.match(text, at).end()

    value(skip(0), ())
    return lines
