"""hostile.py FOLDER: files that are no models, or that want more than they should get; prints what `fovea import` says
of each. Ends with one that has bytes flipped at random places: whatever is said of it, it is no traceback."""

import pathlib
import random
import subprocess
import sys

import numpy as np
from onnx import TensorProto, helper

from models import MODELS


def say(folder, name):
    command = ["fovea", "import", folder / f"{name}.onnx", "-o", folder / "out"]
    result = subprocess.run(command, text=True, capture_output=True)
    return result.returncode, result.stderr.strip()


def model(nodes, tensors=()):
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4])]
    graph = helper.make_graph(nodes, "g", inputs, outputs, list(tensors))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def external(location):
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1000, 1000], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=location)
    tensor.external_data.add(key="length", value="4000000")
    return model([helper.make_node("Add", ["x", "w"], ["y"])], [tensor])


def main():
    folder = pathlib.Path(sys.argv[1])
    (folder / "inner").mkdir(parents=True, exist_ok=True)
    (folder / "secret").write_bytes(bytes(4000000))
    folder /= "inner"
    (folder / "data").write_bytes(bytes(100))
    if not (folder / "link").is_symlink():
        (folder / "link").symlink_to("../secret")
    good = MODELS["convolutions"]().proto().SerializeToString()
    wrong = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1, 4], raw_data=bytes(12))
    shape = helper.make_tensor("s", TensorProto.INT64, [2], np.array([10**6, 10**6]))
    cases = {
        "text": b"this is no protobuf",
        "cut": good[: len(good) // 2],
        "cycle": model([helper.make_node("Relu", ["z"], ["y"]), helper.make_node("Relu", ["y"], ["z"])]),
        "outside": external("../secret"),
        "link": external("link"),
        "short": external("data"),
        "shape": model([helper.make_node("Add", ["x", "w"], ["y"])], [wrong]),
        "perm": model([helper.make_node("Transpose", ["x"], ["y"], name="turn", perm=[0, 5])]),
        "huge": model([helper.make_node("ConstantOfShape", ["s"], ["b"], name="big"),
                       helper.make_node("Add", ["x", "b"], ["y"])], [shape]),
    }  # fmt: skip
    for name, content in cases.items():
        content = content if isinstance(content, bytes) else content.SerializeToString()
        (folder / f"{name}.onnx").write_bytes(content)
        code, text = say(folder, name)
        print(f"{name}: {text}" if code == 1 else f"{name}: exit code {code}: {text}")
    generator, bad = random.Random(5), []
    for _ in range(6):
        damaged = bytearray(good)
        for _ in range(20):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        (folder / "flipped.onnx").write_bytes(damaged)
        code, text = say(folder, "flipped")
        if code not in (0, 1) or "Traceback" in text:
            bad.append(text)
    print("flipped:", bad or "no traceback")


main()
