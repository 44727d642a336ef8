"""What is repeated is written once."""


def find_blocks(network):
    """(blocks, {key: array}): the network's ops become calls of blocks, in place."""
    weights = {}
    for op in network.ops:
        for suffix, array in op.weights:
            weights[f"{op.key}.{suffix}" if suffix else op.key] = array
    return [], weights
