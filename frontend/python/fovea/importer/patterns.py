"""Several nodes that are one layer become one node: normalizations, attention, biases."""

import numpy as np

from fovea.importer.graph import Node


def recognise_layers(graph):
    """Replaces what it finds, in place; the ops that it makes are written in lower case."""
    for rule in (
        affine,
        border_of_maximum,
        bias_of_convolution,
        layer_norm,
        rms_norm,
        group_norm,
        l2_normalize,
        scale_and_shift,
        linear,
        attention,
    ):
        for node in graph.nodes[:]:
            if graph.producers.get(node.outputs[0]) is node:
                rule(graph, node)
    graph.drop_unused()


def affine(graph, node):
    """Arithmetic that does nothing: x * 1, x + 0, x / 1."""
    found = graph.split(node) if node.op in ("Mul", "Add", "Div", "Sub") else None
    if not found or graph.scalar(found[1]) != (1 if node.op in ("Mul", "Div") else 0):
        return
    if node.outputs[0] in graph.outputs:
        return
    for user in graph.uses.get(node.outputs[0], []):
        user.inputs = [found[0] if name == node.outputs[0] else name for name in user.inputs]
    graph.nodes.remove(node)
    graph.index()


def border_of_maximum(graph, node):
    """Padding by minus infinity for a MaxPool, which can do that itself."""
    if node.op != "Pad" or node.attributes.get("mode", "constant") != "constant" or len(node.inputs) != 3:
        return
    pool, pads = graph.only_use(node.outputs[0], "MaxPool"), graph.constants.get(node.inputs[1])
    if not pool or pads is None or graph.scalar(node.inputs[2]) != -np.inf:
        return
    pads, inner = pads.reshape(2, -1), np.array(pool.attributes.get("pads", [0] * (pads.size - 4))).reshape(2, -1)
    plain = pool.attributes.get("auto_pad", "NOTSET") == "NOTSET" and not pool.attributes.get("ceil_mode", 0)
    if not plain or pads.min() < 0 or pads[:, :2].any() or pads[:, 2:].shape != inner.shape:
        return
    attributes = {**pool.attributes, "pads": (pads[:, 2:] + inner).reshape(-1).tolist()}
    graph.replace([node, pool], Node("MaxPool", pool.name, node.inputs[:1], pool.outputs, attributes, pool.scope))


def bias_of_convolution(graph, node):
    """Conv without bias, and an addition of a number per channel."""
    if node.op not in ("Conv", "ConvTranspose") or len([name for name in node.inputs if name]) > 2:
        return
    add = graph.only_use(node.outputs[0], "Add")
    found = graph.split(add)
    if not found or node.inputs[1] not in graph.constants:
        return
    array, weight = graph.constants[found[1]], graph.constants[node.inputs[1]]
    group = node.attributes.get("group", 1)
    channels = weight.shape[0] if node.op == "Conv" else weight.shape[1] * group
    rank = weight.ndim
    shape = (1,) * (rank - array.ndim) + array.shape
    if array.ndim > rank or array.size != channels or shape[1] != channels:
        return
    bias = graph.fresh_constant(found[1], array.reshape(channels))
    inputs = [*node.inputs[:2], bias]
    graph.replace([node, add], Node(node.op, node.name, inputs, add.outputs, node.attributes, node.scope))


def layer_norm(graph, node):
    """(x - mean) / sqrt(mean of squares of that + eps), with what torch and paddle write for it."""
    if node.op != "Sub":
        return
    mean = graph.producer(node.inputs[1], "ReduceMean")
    if not mean or mean.inputs[0] != node.inputs[0]:
        return
    axes = reduced(graph, mean)
    divisions = [user for user in graph.uses[node.outputs[0]] if user.op in ("Div", "Mul")]
    for last in divisions:
        other = [name for name in last.inputs if name != node.outputs[0]]
        found = other and root_of_mean_square(graph, other[0], node.outputs[0], inverse=last.op == "Mul")
        if found and found[0] == axes and (last.op == "Mul" or last.inputs[0] == node.outputs[0]):
            attributes = {"axes": axes, "eps": found[1]}
            graph.replace([last], Node("layer_norm", node.name, [node.inputs[0]], last.outputs, attributes, node.scope))
            return


def rms_norm(graph, node):
    """x / sqrt(mean of squares + eps)."""
    if node.op not in ("Div", "Mul") or any(name in graph.constants for name in node.inputs):
        return
    for x, root in (node.inputs, node.inputs[::-1] if node.op == "Mul" else node.inputs):
        found = root_of_mean_square(graph, root, x, inverse=node.op == "Mul")
        if found:
            attributes = {"axes": found[0], "eps": found[1]}
            graph.replace([node], Node("rms_norm", node.name, [x], node.outputs, attributes, node.scope))
            return


def root_of_mean_square(graph, name, x, inverse):
    """(axes, eps) if `name` is sqrt(mean(x^2) + eps), or one by it."""
    if inverse:
        maker = graph.producer(name, "Reciprocal", "Div")
        if not maker or (maker.op == "Div" and graph.scalar(maker.inputs[0]) != 1):
            return None
        name = maker.inputs[-1]
    root = graph.producer(name, "Sqrt", "Pow")
    if not root or (root.op == "Pow" and graph.scalar(root.inputs[1]) != 0.5):
        return None
    add = graph.producer(root.inputs[0], "Add")
    found = graph.split(add)
    mean = found and graph.producer(found[0], "ReduceMean")
    square = mean and graph.producer(mean.inputs[0], "Pow", "Mul")
    if not square or graph.scalar(found[1]) is None or square.inputs[0] != x:
        return None
    if square.inputs[1] != x if square.op == "Mul" else graph.scalar(square.inputs[1]) != 2:
        return None
    return reduced(graph, mean), graph.scalar(found[1])


def reduced(graph, node):
    """Axes of a reduction, as written; None stands for all."""
    axes = node.attributes.get("axes")
    if axes is None and len(node.inputs) > 1 and node.inputs[1] in graph.constants:
        axes = graph.constants[node.inputs[1]].reshape(-1).tolist()
    return None if axes is None else [int(axis) for axis in axes]


def group_norm(graph, node):
    """InstanceNormalization of channels that a Reshape has put into groups, and the Reshape back."""
    if node.op != "InstanceNormalization":
        return
    before = graph.producer(node.inputs[0], "Reshape")
    after = graph.only_use(node.outputs[0], "Reshape")
    shape = before and graph.constants.get(before.inputs[1])
    plain = [graph.constants.get(name) for name in node.inputs[1:3]]
    if not after or shape is None or len(shape) != 3 or any(array is None for array in plain):
        return
    if not np.all(plain[0] == 1) or not np.all(plain[1] == 0):
        return
    attributes = {"groups": int(plain[0].size), "eps": node.attributes.get("epsilon", 1e-5)}
    graph.replace(
        [node, after], Node("group_norm", node.name, [before.inputs[0]], after.outputs, attributes, node.scope)
    )


def l2_normalize(graph, node):
    """x / max(length of x, eps), as torch.nn.functional.normalize."""
    if node.op != "Div":
        return
    expand = graph.producer(node.inputs[1], "Expand")
    limit = graph.producer(expand.inputs[0] if expand else node.inputs[1], "Clip", "Max")
    length = graph.producer(limit.inputs[0], "ReduceL2") if limit else None
    eps = graph.scalar(limit.inputs[1]) if limit and len(limit.inputs) > 1 else None
    if not length or eps is None or length.inputs[0] != node.inputs[0] or not length.attributes.get("keepdims", 1):
        return
    attributes = {"axes": reduced(graph, length), "eps": eps}
    graph.replace([node], Node("l2_normalize", node.name, node.inputs[:1], node.outputs, attributes, node.scope))


def scale_and_shift(graph, node):
    """Weight and bias behind a normalization that has none yet."""
    if node.op not in ("layer_norm", "rms_norm", "group_norm") or len(node.inputs) > 1:
        return
    run, names = [node], []
    for op in ("Mul", "Add") if node.op != "rms_norm" else ("Mul",):
        user = graph.only_use(run[-1].outputs[0], op)
        found = graph.split(user)
        if not found or graph.constants[found[1]].size == 1:
            break
        run.append(user)
        names.append(found[1])
    if names:
        graph.replace(
            run, Node(node.op, node.name, [*node.inputs, *names], run[-1].outputs, node.attributes, node.scope)
        )


def linear(graph, node):
    """A product with a constant matrix and an addition of a constant vector: weights on (out, in) as in torch."""
    if node.op == "Gemm":
        gemm(graph, node)
        return
    if node.op != "MatMul" or node.inputs[1] not in graph.constants or graph.constants[node.inputs[1]].ndim != 2:
        return
    weight = graph.constants[node.inputs[1]]
    inputs = [node.inputs[0], graph.fresh_constant(node.inputs[1], weight.T)]
    run = [node]
    add = graph.only_use(node.outputs[0], "Add")
    found = graph.split(add)
    if found and graph.constants[found[1]].size == weight.shape[1] == graph.constants[found[1]].shape[-1]:
        inputs.append(graph.fresh_constant(found[1], graph.constants[found[1]].reshape(-1)))
        run.append(add)
    graph.replace(run, Node("linear", node.name, inputs, run[-1].outputs, {}, node.scope))


def gemm(graph, node):
    weight = graph.constants.get(node.inputs[1])
    plain = node.attributes.get("alpha", 1.0) == 1 and node.attributes.get("beta", 1.0) == 1
    bias = node.inputs[2] if len(node.inputs) > 2 else ""
    if (
        weight is None
        or weight.ndim != 2
        or not plain
        or node.attributes.get("transA", 0)
        or node.inputs[0] in graph.constants
    ):
        return
    weight = weight if node.attributes.get("transB", 0) else weight.T
    if bias and (bias not in graph.constants or graph.constants[bias].size != weight.shape[0]):
        return
    inputs = [node.inputs[0], graph.fresh_constant(node.inputs[1], weight)]
    if bias:
        inputs.append(graph.fresh_constant(bias, np.broadcast_to(graph.constants[bias].reshape(-1), weight.shape[:1])))
    graph.replace([node], Node("linear", node.name, inputs, node.outputs, {}, node.scope))


def attention(graph, node):
    """Softmax of a product of activations, and a product of that with a third one. What is added to the scores, if
    anything, are the inputs from the fourth on."""
    if node.op != "Softmax":
        return
    last = graph.only_use(node.outputs[0], "MatMul")
    if not last or last.inputs[0] != node.outputs[0] or last.inputs[1] in graph.constants:
        return
    run, scale, added, name = [node, last], 1.0, [], node.inputs[0]
    while True:
        maker = graph.producers.get(name)
        if maker is None or not graph.only_use(name):
            return
        run.append(maker)
        if maker.op == "MatMul":
            break
        mask = mask_of_windows(graph, maker)
        if mask and scale == 1:
            run += mask[2]
            added.append(mask[1])
            name = mask[0]
            continue
        constant = next((i for i, operand in enumerate(maker.inputs) if graph.scalar(operand) is not None), None)
        if maker.op == "Mul" and constant is not None:
            scale *= graph.scalar(maker.inputs[constant])
            name = maker.inputs[1 - constant]
        elif maker.op == "Div" and constant == 1:
            scale /= graph.scalar(maker.inputs[1])
            name = maker.inputs[0]
        elif maker.op == "Add" and scale == 1:  # what is added to the scores must not be scaled
            side = 0 if maker.inputs[1] in graph.constants else 1 if maker.inputs[0] in graph.constants else None
            side = side if side is not None else 0 if reaches_product(graph, maker.inputs[0]) else 1
            added.append(maker.inputs[1 - side])
            name = maker.inputs[side]
        else:
            return
    factors = []
    for name in maker.inputs:
        if name in graph.constants:
            return
        found, factor = unscaled(graph, name)
        factors.append(found)
        scale *= factor
    inputs = [*factors, last.inputs[1], *added]
    graph.replace(run, Node("attention", node.name, inputs, last.outputs, {"scale": scale}, node.scope))


def mask_of_windows(graph, last):
    """A constant on [1, windows, 1, q, k] that is added to scores on [windows, heads, q, k], which for it become [1,
    windows, heads, q, k] and then are again what they were: (scores, the constant on [windows, 1, q, k], nodes)."""
    add = last.op == "Reshape" and graph.producer(last.inputs[0], "Add")
    found = add and graph.only_use(add.outputs[0]) and graph.split(add)
    first = found and graph.producer(found[0], "Reshape")
    if not first or not graph.only_use(first.outputs[0]):
        return None
    array, shapes = graph.constants[found[1]], [graph.constants.get(node.inputs[1]) for node in (first, last)]
    if array.ndim != 5 or array.shape[0] != 1 or array.shape[2] != 1 or any(shape is None for shape in shapes):
        return None
    if len(shapes[0]) != 5 or len(shapes[1]) != 4 or shapes[0][0] not in (1, -1) or array.shape[1] != shapes[0][1]:
        return None
    return first.inputs[0], graph.fresh_constant(found[1], array[0]), [add, first]


def reaches_product(graph, name):
    maker = graph.producers.get(name)
    while maker and maker.op in ("Mul", "Div", "Add"):
        maker = graph.producers.get(maker.inputs[0])
    return maker is not None and maker.op == "MatMul"


def unscaled(graph, name):
    """(what is multiplied by a scalar, the scalar), looking through Transpose, which `name` then still is."""
    maker = graph.producer(name, "Mul", "Div")
    if maker and graph.only_use(name):
        found = graph.split(maker)
        value = found and graph.scalar(found[1])
        if value is not None and (maker.op == "Mul" or maker.inputs[1] == found[1]):
            return found[0], value if maker.op == "Mul" else 1 / value
    return name, 1.0
