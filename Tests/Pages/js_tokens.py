"""JavaScript as tokens: as much of the language as searching for strings and calls needs."""
import functools
import re
from dataclasses import dataclass, field

SPACE = re.compile(r"\s+|//[^\n]*|/\*.*?\*/", re.S)
NAME = re.compile(r"#?[A-Za-z_$][\w$]*")
NUMBER = re.compile(r"\d[\w.]*")
STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
PUNCTUATION = re.compile(r"=>|\.\.\.|\?\?=?|\?\.|[=!]==?|&&|\|\||.", re.S)
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.S)
# After these a slash begins a regular expression and is not a division.
BEFORE_REGEX = {"return", "case", "typeof", "in", "of", "=>"}
HOLE = "\ufffc"


@dataclass
class Token:
    kind: str  # name, number, string, template, regex or punctuation
    text: str  # of a string its value; of a template with HOLE for what is put in
    line: int
    inner: list = field(default_factory=list)  # of a template: the tokens of each hole


def value(text):
    return ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else {"n": "\n", "t": "\t"}.get(m[2], m[2]), text)


@functools.cache
def tokens(source):
    """The tokens of a file. Raises ValueError if it is not understood."""
    return whole(source, read)


def whole(source, read):
    """The tokens of a whole file."""
    found, end = read(source, 0, 1, False)
    if end != len(source):
        raise ValueError(f"cannot read from {source[end:end + 30]!r} on")
    return found


def read_with(token_at, brackets, source, at, line, in_hole):
    """Tokens from `at` on, up to the end or the one of `brackets` that closes the hole; and its position.
    `token_at(source, at, line, found)` answers the next token and its end."""
    found, depth = [], 0
    while at < len(source):
        if match := SPACE.match(source, at):
            line += match[0].count("\n")
            at = match.end()
            continue
        if in_hole and source[at] == brackets[1] and depth == 0:
            return found, at
        token, end = token_at(source, at, line, found)
        if token.kind == "punctuation":
            depth += {brackets[0]: 1, brackets[1]: -1}.get(token.text, 0)
        found.append(token)
        line += source[at:end].count("\n")
        at = end
    return found, at


def token_at(source, at, line, found):
    if source[at] == "`":
        return template(source, at + 1, line)
    if match := STRING.match(source, at):
        return Token("string", value(match[0][1:-1]), line), match.end()
    if match := NAME.match(source, at):
        return Token("name", match[0], line), match.end()
    if match := NUMBER.match(source, at):
        return Token("number", match[0], line), match.end()
    if source[at] == "/" and begins_regex(found) and (match := REGEX.match(source, at)):
        return Token("regex", match[0], line), match.end()
    match = PUNCTUATION.match(source, at)
    return Token("punctuation", match[0], line), match.end()


read = functools.partial(read_with, token_at, "{}")


def begins_regex(before):
    if not before:
        return True
    last = before[-1]
    return last.text in BEFORE_REGEX or last.kind == "punctuation" and last.text not in ")]}"


def template(source, at, line):
    token, text = Token("template", "", line), ""
    while source[at] != "`":
        if source.startswith("${", at):
            inner, at = read(source, at + 2, line, True)
            token.inner.append(inner)
            text += HOLE
            at += 1
        elif source[at] == "\\":
            text += value(source[at:at + 2])
            at += 2
        else:
            text += source[at]
            at += 1
    token.text = text
    return token, at + 1


def every(found):
    """Lists of tokens: this one, and that of each hole in it."""
    yield found
    for token in found:
        for inner in token.inner:
            yield from every(inner)


def arguments(found, opening):
    """The arguments of the call whose parenthesis is at `opening`, each a list of tokens."""
    parts, depth = [[]], 0
    for token in found[opening + 1:]:
        if token.kind == "punctuation":
            if token.text in ")]}" and depth == 0:
                break
            if token.text == "," and depth == 0:
                parts.append([])
                continue
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)
        parts[-1].append(token)
    return [part for part in parts if part]


def names_of_object(part):
    """The names in an object literal; None if they cannot be determined."""
    if not part or part[0].text != "{":
        return None
    names = set()
    for entry in arguments(part, 0):
        if entry[0].text == "...":
            return None
        names.add(entry[0].text)
    return names
