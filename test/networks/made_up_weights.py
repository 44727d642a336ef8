"""Made-up weights: the same values, bit for bit, as frontend/MadeUpWeights.cpp, which documents the formula.

    python3 made_up_weights.py NAME SIZE... [--seed N] [--gain X] [--output FILE.npy]

prints the first values of one tensor, or writes it to a file.
"""

import argparse
import math

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def splitmix64(x):
    """One step of SplitMix64 from each state in the uint64 array `x`."""
    x = x + GOLDEN
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def fnv1a64(text):
    state = 0xCBF29CE484222325
    for byte in text.encode():
        state = (state ^ byte) * 0x100000001B3 % 2**64
    return state


def centre_and_width(name, shape, gain):
    part = name.rsplit(".", 1)[-1]
    if part == "running_var" or (part == "weight" and len(shape) <= 1):
        return 1, 0.5
    if part == "running_mean":
        return 0, 0.5
    if part == "bias":
        return 0, 0.2
    if part != "weight":
        return 0, 1
    return 0, gain * math.sqrt(1.5 / math.prod(max(size, 1) for size in shape[1:]))


def made_up(name, shape, seed=0, gain=1):
    """The f32 array of that name and shape."""
    centre, width = centre_and_width(name, shape, gain)
    seed_bits = splitmix64(np.array([seed], np.uint64))
    stream = splitmix64(np.uint64(fnv1a64(name)) ^ seed_bits)
    counter = np.arange(math.prod(shape), dtype=np.uint64)
    bits = splitmix64(stream + counter * GOLDEN) >> np.uint64(40)
    unit = (bits.astype(np.float64) - 2.0**23) * 2.0**-23
    return (centre + width * unit).astype(np.float32).reshape(shape)


def made_up_state(shapes, seed=0, gain=1):
    """Arrays for all of `shapes` (name to shape), e.g. of a PyTorch state_dict; integer counters get zero."""
    return {
        name: np.zeros(shape, np.int64)
        if name.endswith(".num_batches_tracked")
        else made_up(name, tuple(shape), seed, gain)
        for name, shape in shapes.items()
    }


def main():
    parser = argparse.ArgumentParser(description="Made-up values of one tensor.")
    parser.add_argument("name")
    parser.add_argument("sizes", type=int, nargs="*")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gain", type=float, default=1, help="scales the weights of convolutions and linear layers")
    parser.add_argument("--output", metavar="FILE.npy", help="write the tensor instead of printing its first values")
    arguments = parser.parse_args()
    values = made_up(arguments.name, tuple(arguments.sizes), arguments.seed, arguments.gain)
    if arguments.output:
        np.save(arguments.output, values)
    else:
        for value in values.ravel()[:4]:
            print(f"{float(value).hex()}  {value}")


if __name__ == "__main__":
    main()
