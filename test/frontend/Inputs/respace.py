"""respace.py FILE SEED: the file with other space between its tokens, which the canonical form must not depend on.

Lines that begin statements and comments stay; inside of brackets, lines break anywhere but before `if`.
"""
import random
import re
import sys

TOKEN = re.compile(r'//[^\n]*|"(?:\\.|[^"\\])*"|\n|[ \t]+|[A-Za-z_]\w*|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\|>|\.\.|[=!<>]=|.')


def main(path, seed):
    choice = random.Random(int(seed)).choice
    with open(path) as file:
        tokens = [t for t in TOKEN.findall(file.read()) if t.strip(" \t")]
    result, depth, last = [], [], "\n"
    for token, following in zip(tokens, tokens[1:] + [""]):
        isWord = re.match(r"\w", token) and re.match(r'[\w"]', last)
        inBrackets = depth and depth[-1] != "body"
        if token == "\n" and inBrackets and not last.startswith("//") and not following.startswith("//"):
            continue  # lines inside of brackets say nothing
        spaces = ["", " ", "\t", "   "]
        # Not next to a comment, which would belong to another token then.
        if inBrackets and token not in ("if", "\n") and not token.startswith("//") and not last.startswith("//"):
            spaces += ["\n", " \n\t"]
        result.append(choice([s for s in spaces if s]) if isWord else choice(spaces))
        result.append(token)
        if token in "([{":
            # A brace of a body ends its line; one of a dictionary does not stand behind a word or a bracket.
            isBody = token == "{" and (last in ")]" or re.match(r'[\w"]', last))
            depth.append("body" if isBody else token)
        elif token in ")]}":
            depth.pop()
        last = token
    sys.stdout.write("".join(result))


main(*sys.argv[1:])
