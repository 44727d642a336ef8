"""Models and checkpoints of others become what the compiler reads: `.net` text and safetensors.

The way of an ONNX model, a step a module:

    read        the file becomes a graph of nodes and constants, checked; what depends on constants alone is computed
    unary       runs of elementwise nodes are one activation, found by what they compute
    patterns    normalizations, attention, biases: several nodes become one
    convert     nodes become layers on named axes (`views` keeps transposes and reshapes apart from data, `layers`,
                `tensors` and `products` have a function per node)
    blocks      what is repeated is written once
    write       the text, and the weights under its keys
"""
