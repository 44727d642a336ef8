"""Attention, as products of matrices."""

import math

from fovea.exporter.graph import Tensor, handles

OTHER_REGION = -100


def matmul(graph, a, b, names):
    """The product over the last axis of `a` and the last but one of `b`; the result's last two are `names`."""
    axes = dict(list(a.axes.items())[:-2]) | dict(zip(names, (a.shape[-2], b.shape[-1])))
    return Tensor(graph.add("MatMul", [a, b], axes.values()), axes)


class Heads:
    """Queries, keys and values of an op with the axes of the batch, #head, then two of #q, #k, #d, as asked for."""

    def __init__(self, graph, op, query):
        self.graph, self.op = graph, op
        self.queries, self.keys, self.heads = op.get("queries"), op.get("keys"), op.get("heads")
        self.batch = [name for name in query.axes if name not in self.queries and name != "c"]
        self.tokens = {name: query.axes[name] for name in self.queries}

    def seen(self, x, over, *order):
        token = "#q" if "#q" in order else "#k"
        x = x.cut("c", {"#head": self.heads, "#d": x.axes["c"] // self.heads})
        names = [name for each in order for name in (over if each == token else [each])]
        return self.graph.joined(self.graph.ordered(x, [*self.batch, "#head", *names]), {token: over})

    def result(self, x):
        x = self.graph.ordered(x, [*self.batch, "#q", "#head", "#d"])
        x = self.graph.joined(x, {"c": ["#head", "#d"]})
        return x.cut("#q", self.tokens)


@handles("attention")
def attention(graph, op, query, key, value, *more):
    heads = Heads(graph, op, query)
    present = op.get("operandSegmentSizes")[3:]
    more = list(more)
    bias = more.pop(0) if present[0] else None
    regions = more.pop(0) if present[1] else None
    scores = matmul(graph, heads.seen(query, heads.queries, "#q", "#d"), heads.seen(key, heads.keys, "#d", "#k"),
                    ("#q", "#k"))  # fmt: skip
    if op.number("scale") != 1:
        scores = graph.scaled("Mul", scores, op.number("scale"))
    if bias:
        bias = bias.renamed({"head": "#head", "q": "#q", "k": "#k"})
        scores = graph.same("Add", scores, graph.beside(bias, scores.axes))
    if regions:
        scores = graph.same("Add", scores, graph.beside(apart(graph, heads, regions), scores.axes))
    weights = graph.same("Relu", scores) if op.get("scores") == "relu" else graph.same("Softmax", scores, axis=-1)
    return heads.result(matmul(graph, weights, heads.seen(value, heads.keys, "#k", "#d"), ("#q", "#d")))


def apart(graph, heads, regions):
    """What tokens of different regions get added to their score."""
    axes = {name: regions.axes[name] for name in heads.batch if name in regions.axes} | heads.tokens
    whole = graph.beside(regions, axes)
    if math.prod(regions.shape) != math.prod(axes.values()):
        whole = Tensor(graph.add("Expand", [whole, graph.integers(*axes.values())], axes.values()), axes)
    numbers = graph.joined(whole.seen(axes), {"#": heads.queries})
    count = numbers.axes["#"]
    rows, columns = numbers.cut("#", {"#q": count, "#k": 1}), numbers.cut("#", {"#q": 1, "#k": count})
    axes = {**rows.axes, "#k": count}
    equal = graph.add("Equal", [rows, columns], axes.values(), kind="bool")
    return Tensor(graph.add("Where", [equal, graph.constant(0), graph.constant(OTHER_REGION)], axes.values()), axes)


@handles("linear_attention")
def linear_attention(graph, op, query, key, value):
    heads = Heads(graph, op, query)
    q, k = heads.seen(query, heads.queries, "#q", "#d"), heads.seen(key, heads.keys, "#d", "#k")
    products = matmul(graph, k, heads.seen(value, heads.keys, "#k", "#d").renamed({"#d": "#e"}), ("#d", "#e"))
    result = matmul(graph, q, products, ("#q", "#d"))
    if op.get("normalize"):
        axes = {**k.axes, "#k": 1}
        sums = Tensor(graph.add("ReduceSum", [k, graph.integers(-1)], axes.values()), axes)
        total = graph.scaled("Add", matmul(graph, q, sums, ("#q", "#k")), op.number("eps"))
        result = graph.same("Div", result, graph.value(total))
    return heads.result(result)
