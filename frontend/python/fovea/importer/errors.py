"""What is wrong with what the user gave."""


class UserError(Exception):
    """One or several messages, each ending with its id."""

    def __init__(self, identifier, *messages):
        super().__init__("\n".join(messages))
        self.messages = [f"{message} [{identifier}]" for message in messages]


def quoted(names):
    """Names for a message: 'a', 'b' and 3 more."""
    names = [f"'{name}'" for name in names]
    if len(names) > 8:
        names = names[:8] + [f"{len(names) - 8} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def printable(text):
    """One line that a terminal shows as it is."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
