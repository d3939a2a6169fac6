"""Swift as tokens: as much of the language as a look for strings and calls in the report's sources needs."""
import functools
import re

from js_tokens import HOLE, NUMBER, Token, read_with, whole

NAME = re.compile(r"[A-Za-z_$]\w*")
ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|\n[ \t]*|(.))")


@functools.cache
def tokens(source):
    """The tokens of a file; of a string with interpolations `inner` has those of each."""
    return whole(source, read)


def token_at(source, at, line, found):
    if source[at] == '"':
        return string(source, at, line)
    if match := NAME.match(source, at):
        return Token("name", match[0], line), match.end()
    if match := NUMBER.match(source, at):
        return Token("number", match[0], line), match.end()
    return Token("punctuation", source[at], line), at + 1


read = functools.partial(read_with, token_at, "()")


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
