"""Swift as tokens: as much of the language as a look for strings and calls in the report's sources needs."""
import functools
import re

from js_tokens import HOLE, Token

SPACE = re.compile(r"\s+|//[^\n]*|/\*.*?\*/", re.S)
NAME = re.compile(r"[A-Za-z_$]\w*")
NUMBER = re.compile(r"\d[\w.]*")
ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|\n[ \t]*|(.))")


@functools.cache
def tokens(source):
    """The tokens of a file; of a string with interpolations `inner` has those of each."""
    found, end = read(source, 0, 1, False)
    if end != len(source):
        raise ValueError(f"cannot read from {source[end:end + 30]!r} on")
    return found


def read(source, at, line, in_hole):
    """Tokens from `at` on, up to the end or the parenthesis that closes the interpolation; and where that is."""
    found, depth = [], 0
    while at < len(source):
        if match := SPACE.match(source, at):
            line += match[0].count("\n")
            at = match.end()
            continue
        if in_hole and source[at] == ")" and depth == 0:
            return found, at
        if source[at] == '"':
            token, end = string(source, at, line)
        elif match := NAME.match(source, at):
            token, end = Token("name", match[0], line), match.end()
        elif match := NUMBER.match(source, at):
            token, end = Token("number", match[0], line), match.end()
        else:
            depth += {"(": 1, ")": -1}.get(source[at], 0)
            token, end = Token("punctuation", source[at], line), at + 1
        found.append(token)
        line += source[at:end].count("\n")
        at = end
    return found, at


def string(source, at, line):
    quote = '"""' if source.startswith('"""', at) else '"'
    token, text, begin = Token("string", "", line), "", at
    at += len(quote)
    while not source.startswith(quote, at):
        if source.startswith("\\(", at):
            inner, at = read(source, at + 2, line + source[begin:at].count("\n"), True)
            token.inner.append(inner)
            text += HOLE
            at += 1
        elif match := ESCAPE.match(source, at):
            text += chr(int(match[1], 16)) if match[1] else {"n": "\n", "t": "\t"}.get(match[2], match[2] or "")
            at = match.end()
        else:
            text += source[at]
            at += 1
    token.text = text
    return token, at + len(quote)
