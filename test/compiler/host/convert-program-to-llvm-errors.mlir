// RUN: fovea-opt %s --convert-program-to-llvm --split-input-file --verify-diagnostics

// expected-error@+1 {{expected one kern.program in the module, found 0}}
module {
}

// -----

// expected-error@+1 {{expected one kern.program in the module, found 2}}
module {
  kern.program @a arena 0 weights 0 inputs [] outputs [] {
  }
  kern.program @b arena 0 weights 0 inputs [] outputs [] {
  }
}
