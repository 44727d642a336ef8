// RUN: fovea-opt %s --convert-program-to-llvm --split-input-file --verify-diagnostics

// expected-error@+1 {{expected a kern.program in the module}}
module {
}

// -----

kern.program @a arena 0 weights 0 inputs [] outputs [] {
}
// expected-error@+1 {{expected one program, or several with ascending attributes 'size'}}
kern.program @b arena 0 weights 0 inputs [] outputs [] {
}

// -----

kern.program @a_8 arena 0 weights 0 inputs [] outputs [] attributes {size = 8 : i64} {
}
// expected-error@+1 {{expected one program, or several with ascending attributes 'size'}}
kern.program @a_4 arena 0 weights 0 inputs [] outputs [] attributes {size = 4 : i64} {
}

// -----

kern.program @a_4 arena 0 weights 0 inputs [] outputs [] attributes {size = 4 : i64} {
}
// expected-error@+1 {{expected the name a_8, as another program is called a_4}}
kern.program @b_8 arena 0 weights 0 inputs [] outputs [] attributes {size = 8 : i64} {
}

// -----

#c = #hvn.axes<c>
kern.program @a_4 arena 0 weights 0 inputs [{name = "x", type = tensor<4xf32, #c>}] outputs []
    attributes {size = 4 : i64} {
}
// expected-error@+1 {{and a_4 have different inputs and outputs, not just of other shapes}}
kern.program @a_8 arena 0 weights 0 inputs [{name = "y", type = tensor<8xf32, #c>}] outputs []
    attributes {size = 8 : i64} {
}

// -----

#c = #hvn.axes<c>
#n = #hvn.axes<n>
kern.program @a_4 arena 0 weights 0 inputs [{name = "x", type = tensor<4xf32, #c>}] outputs []
    attributes {size = 4 : i64} {
}
// expected-error@+1 {{and a_4 have different inputs and outputs, not just of other shapes}}
kern.program @a_8 arena 0 weights 0 inputs [{name = "x", type = tensor<8xf32, #n>}] outputs []
    attributes {size = 8 : i64} {
}

// -----

#c = #hvn.axes<c>
kern.program @a_4 arena 0 weights 0 inputs [{name = "x", type = tensor<4xf32, #c>}] outputs []
    attributes {size = 4 : i64} {
}
// expected-error@+1 {{and a_4 have inputs of the same shapes, by which none can be chosen}}
kern.program @a_8 arena 0 weights 0 inputs [{name = "x", type = tensor<4xf32, #c>}] outputs []
    attributes {size = 8 : i64} {
}

// -----

#c = #hvn.axes<c>
kern.program @a_4 arena 0 weights 0 inputs [{name = "x", type = tensor<4xf32, #c>}] outputs []
    attributes {size = 4 : i64} {
}
// expected-error@+1 {{and a_4 have different bytes of weights}}
kern.program @a_8 arena 0 weights 64 inputs [{name = "x", type = tensor<8xf32, #c>}] outputs []
    attributes {size = 8 : i64} {
}

// -----

#c = #hvn.axes<c>
kern.program @a_4 arena 0 weights 0 inputs [{name = "x", type = tensor<4xf32, #c>}] outputs []
    attributes {size = 4 : i64, targets = [{name = "t", suffix = "", cpu_features = 0 : i64}]} {
}
// expected-error@+1 {{and a_4 have different targets}}
kern.program @a_8 arena 0 weights 0 inputs [{name = "x", type = tensor<8xf32, #c>}] outputs []
    attributes {size = 8 : i64} {
}
