"""Which function makes layers of which node."""

HANDLERS = {}


def handles(*ops):
    """Registers f(context, node, inputs) -> Tensor or a list of them."""

    def register(function):
        HANDLERS.update(dict.fromkeys(ops, function))
        return function

    return register
