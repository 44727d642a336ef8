"""Calls of one block in a row, each of the last one's result: they become a loop."""

import dataclasses
import re


@dataclasses.dataclass
class Run:
    calls: list
    prefix: str  # of the keys, around the number that counts
    suffix: str
    start: int
    index: str = "i"
    columns: tuple = ()

    def key_text(self):
        return f'"{self.prefix}{{{self.index}}}{self.suffix}"'

    def range_text(self):
        if len(self.columns) > 1 and self.start == 0:
            return "0..len(rows)"
        return f"{self.start}..{self.start + len(self.calls)}"

    def table(self, text_of, taken):
        """(lines before the loop, arguments of the call): what differs between the calls stands in a table, whose
        columns get names that are not `taken`."""
        names = [name for name, _ in self.calls[0].arguments]
        rows = [[text_of(value) for _, value in call.arguments] for call in self.calls]
        differing = [k for k in range(len(names)) if len({row[k] for row in rows}) > 1]
        columns = {}
        for k in differing:
            others = {*names, *columns.values()} - {names[k]}
            columns[k] = free_name(names[k], others | set(taken))
        self.columns = tuple(columns.values())
        place = self.index if self.start == 0 else f"{self.index} - {self.start}"
        given = []
        for k, name in enumerate(names):
            if k not in differing and self.calls[0].arguments[k][1] == self.calls[0].block.parameters[name]:
                continue
            if k not in differing:
                given.append(f"{name}={rows[0][k]}")
            elif len(differing) == 1:
                given.append(f"{name}=[{', '.join(row[k] for row in rows)}][{place}]")
            else:
                given.append(f"{name}={columns[k]}")
        if len(differing) < 2:
            return [], given
        table = ", ".join(f"[{', '.join(row[k] for k in differing)}]" for row in rows)
        self.place = place
        return [f"rows = [{table}]"], given

    def unpack(self):
        return [f"{', '.join(self.columns)} = rows[{self.place}]"] if len(self.columns) > 1 else []


def free_name(name, taken):
    """The name, or the first with a number that is not taken."""
    return next(each for each in (name, *(f"{name}{number}" for number in range(2, 10000))) if each not in taken)


NUMBER = re.compile(r"\d+(?=\.|$)")


def find_runs(ops, uses, outside):
    """{id of the first call: Run} of all runs of two calls and more."""
    runs, at = {}, 0
    while at < len(ops):
        calls = [ops[at]]
        while at + len(calls) < len(ops) and continues(calls[-1], ops[at + len(calls)], uses, outside):
            calls.append(ops[at + len(calls)])
        while len(calls) > 1:
            run = numbered(calls)
            if run:
                runs[id(calls[0])] = run
                break
            calls.pop()
        at += len(calls)
    return runs


def continues(call, following, uses, outside):
    if not call.block or following.block is not call.block:
        return False
    if len(call.results) != 1 or not call.operands or following.operands[0] is not call.result:
        return False
    if following.operands[1:] != call.operands[1:] or [n for n, _ in following.arguments] != [
        n for n, _ in call.arguments
    ]:
        return False
    return len(uses.get(id(call.result), [])) == 1 and id(call.result) not in outside


def numbered(calls):
    """The run of calls whose keys count from one number upwards, if they do."""
    keys = [call.key for call in calls]
    for match in reversed(list(NUMBER.finditer(keys[0]))):
        prefix, suffix, start = keys[0][: match.start()], keys[0][match.end() :], int(match[0])
        if all(key == f"{prefix}{start + k}{suffix}" for k, key in enumerate(keys)):
            return Run(calls, prefix, suffix, start)
    return None
