"""Networks become ONNX models.

`fovea export` describes a network as JSON, layer by layer (compiler/tools/DescribeNetwork.h). The way from there, a step a
module:

    description  the JSON as objects
    graph        collects nodes; tensors have named axes, and are reordered and reshaped only where a node needs it
    pointwise, products, normalization, pooling, resampling, movement, attention, image
                 a function per layer, that makes its nodes
    model        names everything after the layers of the `.net` file, and writes the file
"""
