"""Names for the text and keys for the weights, from what the model calls things."""

import re

KEYWORDS = set(
    """and else false for if in not or return true auto break case char
    const continue default do double enum extern float goto inline int long register restrict short signed sizeof static
    struct switch typedef union unsigned void volatile while bool string""".split()
)

# What exporters put behind a layer's name for its weights.
SUFFIX = re.compile(
    r"[._](weights?|bias|scale|offset|gamma|beta|mean|variance|var|running_mean|running_var|kernel|w_?\d|b_?\d)$"
)
ANONYMOUS = re.compile(r"^(onnx::|val_|_|p2o\.|helper\.|auto\.|Constant)|^\d+$")


def identifier(text):
    """A name of the language, and of C."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_") or "value"
    name = f"v{name}" if name[0].isdigit() else name
    return f"{name}_" if name in KEYWORDS else name[:200]


def part(text):
    """A key, or a part of one: letters, digits, '_', '-' and '.'."""
    return re.sub(r"\.{2,}", ".", re.sub(r"[^A-Za-z0-9_.-]+", ".", text)).strip(".") or "layer"


class Keys:
    """Keys in the weights: those of layers are scopes, each given to one layer only."""

    def __init__(self, graph):
        self.graph, self.given = graph, {}

    def of(self, node, constants):
        """The scope for a node with the weights of these names; the same again for the same node."""
        return self.settle((node.outputs[0], *constants), self.base(node, constants))

    def of_parameter(self, node, name, axes):
        """The key of a tensor by itself, which a node reads on these axes: its whole name."""
        plain = name.rstrip("'")
        return self.settle((name, *axes), part(f"{node.scope or node.name}.value" if ANONYMOUS.match(plain) else plain))

    def settle(self, identity, base):
        if identity not in self.given:
            key, number = base, 1
            while key in self.given.values():
                number += 1
                key = f"{base}_{number}"
            self.given[identity] = key
        return self.given[identity]

    @staticmethod
    def base(node, constants):
        for name in constants:
            name = name.rstrip("'")
            if not ANONYMOUS.match(name):
                return part(SUFFIX.sub("", name))
        # torch's exporter calls a folded weight onnx::Conv_123, and the node /stages.0/conv/Conv.
        return part(node.scope or node.name or node.op)
