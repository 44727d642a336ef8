"""Activations, found by what they compute: a run of elementwise nodes and scalars with one input and one output is
evaluated in double precision on a few hundred numbers, and compared with the functions that are layers."""

import math

import numpy as np

from fovea.importer.graph import Node

ELEMENTWISE = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Pow": np.power,
    "Neg": np.negative,
    "Sqrt": np.sqrt,
    "Exp": np.exp,
    "Log": np.log,
    "Abs": np.abs,
    "Tanh": np.tanh,
    "Erf": np.vectorize(math.erf, otypes=[float]),
    "Relu": lambda x: np.maximum(x, 0),
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Softplus": lambda x: np.logaddexp(x, 0),
    "Max": np.maximum,
    "Min": np.minimum,
    "Clip": lambda x, low=-np.inf, high=np.inf: np.minimum(np.maximum(x, low), high),
    "HardSigmoid": lambda x, alpha, beta: np.clip(alpha * x + beta, 0, 1),
}


def gelu_tanh(x):
    return x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


# Layers with the function that each computes. Those that one ONNX node is, too, are here for what their nodes say.
FUNCTIONS = {
    "gelu": lambda x: x / 2 * (1 + ELEMENTWISE["Erf"](x / math.sqrt(2))),
    "gelu_tanh": gelu_tanh,
    "quick_gelu": lambda x: x / (1 + np.exp(-1.702 * x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "mish": lambda x: x * np.tanh(np.logaddexp(x, 0)),
    "hard_swish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "hard_sigmoid": lambda x: np.clip(x + 3, 0, 6) / 6,
    "relu6": lambda x: np.clip(x, 0, 6),
    "relu": lambda x: np.maximum(x, 0),
}
POINTS = np.concatenate([np.linspace(-12, 12, 193), np.array([1e-3, -1e-3, 0.37, -0.61])])
TOLERANCE = 2e-6  # of the largest value: constants are stored in f32
LARGEST_RUN = 12  # nodes


def recognise_activations(graph):
    """Replaces each run that computes one of FUNCTIONS by a node of that op."""
    expected = {name: function(POINTS) for name, function in FUNCTIONS.items()}
    for node in reversed(graph.nodes[:]):
        if graph.producers.get(node.outputs[0]) is node and node.op in ELEMENTWISE:
            found = activation(graph, node, expected)
            if found:
                name, run, source = found
                graph.replace(run, Node(name, node.name, [source], node.outputs[:1], {}, node.scope))


def activation(graph, last, expected):
    """(function, nodes, input) of the smallest run of several nodes ending in `last` that is one; None if none is."""
    position = {id(node): i for i, node in enumerate(graph.nodes)}
    run = [last]
    while len(run) <= LARGEST_RUN:
        inside = set(map(id, run))
        frontier = {
            name
            for node in run
            for name in node.inputs
            if name and name not in graph.constants and id(graph.producers.get(name)) not in inside
        }
        if not all(graph.scalar(name) is not None for node in run for name in node.inputs if name in graph.constants):
            return None
        if len(frontier) == 1 and len(run) > 1:
            (source,) = frontier
            name = function_of(graph, run, source, expected)
            if name:
                return name, run, source
        # The run grows by the last of the nodes before it, if nothing else reads that one.
        makers = [graph.producers[name] for name in frontier if name in graph.producers]
        grown = max(makers, key=lambda node: position[id(node)], default=None)
        if grown is None or grown.op not in ELEMENTWISE or grown.outputs[0] in graph.outputs:
            return None
        if not all(id(user) in inside for user in graph.uses[grown.outputs[0]]):
            return None
        run.append(grown)
    return None


def function_of(graph, run, source, expected):
    values = {source: POINTS}
    with np.errstate(all="ignore"):
        for node in sorted(run, key=graph.nodes.index):
            arguments = [values.get(name, graph.scalar(name)) for name in node.inputs if name]
            if node.op == "HardSigmoid":
                arguments += [node.attributes.get("alpha", 0.2), node.attributes.get("beta", 0.5)]
            if node.op == "Clip" and len(node.inputs) == 1:
                arguments += [node.attributes.get("min", -np.inf), node.attributes.get("max", np.inf)]
            elif node.op == "Clip" and "" in node.inputs:
                return None
            try:
                values[node.outputs[0]] = ELEMENTWISE[node.op](*arguments)
            except (TypeError, ValueError, OverflowError):
                return None
        result = values[run[0].outputs[0]]
        for name, wanted in expected.items():
            if np.shape(result) == wanted.shape and np.abs(result - wanted).max() <= TOLERANCE * np.abs(wanted).max():
                return name
    return None
