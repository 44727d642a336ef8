"""What differs between the instances of a block: parameters, sizes told by those of the inputs, and keys."""

import os

from fovea.importer.ir import Of

# What a parameter is called that stands for an argument of another name.
NAMES = {"out": "hidden"}
FACTORS = (2, 3, 4, 5, 6, 8)


class Expression:
    """Text in the place of an argument."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


class Abstraction:
    """Looks at all arguments of all rows. `parameters` are {name: default or None}, `representative` says which
    argument each is: {name: (op, position)}."""

    def __init__(self, rows, sources, inputs):
        self.rows, self.parameters, self.representative = rows, {}, {}
        self.known, self.texts, self.vectors = {}, {}, {}
        self.channels = []
        for k, (_, value) in enumerate(inputs):
            sizes = [source[k].axes["c"].constant() if "c" in source[k].axes else None for source in sources]
            if None not in sizes:
                self.channels.append((sources[0][k], sizes))
        result = [row[-1].result.axes.get("c") for row in rows]
        self.result = None if None in result else [size.constant() for size in result]
        for index, op in enumerate(rows[0]):
            for position, (name, value) in enumerate(op.arguments):
                self.settle(index, position, name, value)
        order = sorted(self.parameters, key=lambda name: self.parameters[name] is not None)
        self.parameters = {name: self.parameters[name] for name in order}
        self.representative = {name: self.representative[name] for name in order}

    def argument(self, index, name, position):
        given = self.texts.get((index, position))
        return self.rows[0][index].arguments[position][1] if given is None else given

    def settle(self, index, position, name, value):
        values = [row[index].arguments[position][1] for row in self.rows]
        if isinstance(value, (bool, float, str)) or not all(is_size(each) for each in values):
            return
        text = self.relation(name, values)
        if text is None and len({repr(each) for each in values}) > 1:
            text = self.padding(index, name, values) or self.parameter(index, position, name, values)
        if text is not None:
            self.texts[index, position] = text

    def relation(self, name, values):
        """The values by the channels of an input, if that is what they are."""
        varies = len({repr(each) for each in values}) > 1
        if name in ("kernel", "stride", "pad", "heads", "output_pad", "dilation") or any(
            isinstance(v, list) for v in values
        ):
            return None
        for source, sizes in self.channels:
            if values == sizes and (varies or name in ("groups", "out")) and max(values) > 1:
                return Of(source, "c")
        if not varies:
            return None
        for source, sizes in self.channels:
            for factor in FACTORS:
                if values == [factor * size for size in sizes]:
                    return Of(source, "c", times=factor)
                if sizes == [factor * each for each in values]:
                    return Of(source, "c", over=factor)
        for parameter, given in self.vectors.items():
            for factor in FACTORS:
                if values == [factor * size for size in given]:
                    return Expression(f"{factor} * {parameter}")
                if given == [factor * size for size in values]:
                    return Expression(f"{parameter} / {factor}")
        return None

    def padding(self, index, name, values):
        """Padding that keeps a map as large as it is."""
        if name != "pad" or not all(isinstance(each, int) for each in values):
            return None
        op = self.rows[0][index]
        kernel = next((k for k, (other, _) in enumerate(op.arguments) if other == "kernel"), None)
        given = self.texts.get((index, kernel))
        kernels = [row[index].arguments[kernel][1] for row in self.rows]
        if not isinstance(given, Expression) or not all(isinstance(each, int) for each in kernels):
            return None
        return Expression(f"floor_div({given.text}, 2)") if values == [each // 2 for each in kernels] else None

    def parameter(self, index, position, name, values):
        key = repr(values)
        if key not in self.known:
            op = self.rows[0][index]
            wanted = "out" if name == "out" and values == self.result else NAMES.get(name, name or "size")
            wanted = name if op.block else wanted
            if name and len(name) == 1:
                wanted = f"{op.layer}_{name}" if op.layer != "param" else f"{name}_size"
            number, chosen = 1, wanted
            while chosen in self.parameters:
                number += 1
                chosen = f"{wanted}{number}"
            usual = max(values, key=values.count)
            common = (
                values.count(usual) * 2 > len(values) and isinstance(usual, int) and name in ("stride", "kernel", "pad")
            )
            self.parameters[chosen] = usual if common else None
            self.representative[chosen] = (index, position)
            self.known[key] = chosen
            if name in ("out", "groups") or op.block and all(isinstance(each, int) for each in values):
                self.vectors[chosen] = values
        return Expression(self.known[key])


def is_size(value):
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, int) and not isinstance(each, bool) for each in value)
    return isinstance(value, int) and not isinstance(value, bool)


def group_keys(groups, bodies, row):
    """(prefixes, suffixes, natural) of the keys of each instance, "" where an op has none: what is before the parts
    that all instances share; those in one body must differ. Keys that share nothing get new suffixes, after the
    layers."""
    for separator in (".", "_"):
        found = grouped(groups, bodies, separator)
        if found:
            return *found, True
    return [""] * len(groups), after_layers(groups[0], row), False


def grouped(groups, bodies, separator):
    """(prefixes, suffixes) if keys cut at the separator share their ends."""
    prefixes, found = [], []
    for keys in groups:
        split = [key.split(separator) for key in keys if key]
        common = os.path.commonprefix(split) if split else []
        prefixes.append(common)
        found.append([key.split(separator)[len(common) :] if key else None for key in keys])
    for shorter in range(3):
        cut = [prefix[: max(0, len(prefix) - shorter)] for prefix in prefixes]
        suffixes = [[None if s is None else prefix[len(c) :] + s for s in each]
                    for prefix, c, each in zip(prefixes, cut, found)]  # fmt: skip
        texts = [separator.join(prefix) for prefix in cut]
        if all(each == suffixes[0] for each in suffixes[1:]) and len(set(zip(bodies, texts))) == len(texts):
            return texts, [separator.join(s or []) for s in suffixes[0]]
    return None


def after_layers(keys, row):
    """Keys that say what the layers are."""
    counts, fresh = {}, []
    named = {"batch_norm": "norm", "layer_norm": "norm", "group_norm": "norm", "rms_norm": "norm"}
    for op, key in zip(row, keys):
        if not key:
            fresh.append("")
            continue
        name = named.get(op.layer, op.layer)
        counts[name] = counts.get(name, 0) + 1
        fresh.append(f"{name}{'_' if name[-1].isdigit() else ''}{counts[name]}")
    return fresh
