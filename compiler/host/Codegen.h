// LLVM code to relocatable objects.
#ifndef FOVEA_COMPILER_HOST_CODEGEN_H
#define FOVEA_COMPILER_HOST_CODEGEN_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace fovea {

/// The machine that LLVM compiles for.
struct CodegenTarget {
  std::string triple, cpu;
};

using ObjectBytes = llvm::SmallVector<char, 0>;

/// Compiles a module in the LLVM dialect to a position-independent ELF object. The same module gives the same bytes.
llvm::Expected<ObjectBytes> compileToObject(mlir::ModuleOp module, const CodegenTarget &target);

/// An ELF object that holds the bytes of `file`, read when this is called, as the hidden read-only symbol `symbol`.
llvm::Expected<ObjectBytes> embedFile(llvm::StringRef file, llvm::StringRef symbol, const CodegenTarget &target);

} // namespace fovea

#endif
