#include "compiler/tools/Reproducer.h"
#include "frontend/FileIO.h"
#include "mlir/IR/AsmState.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include <fmt/core.h>

using namespace mlir;
using namespace fovea;

/// Writes `text` under a comment with the command: `before` the file's name `after`.
static std::string write(llvm::StringRef text, llvm::StringRef before, llvm::StringRef after) {
  std::string hash = llvm::toHex(llvm::BLAKE3::hash<8>(llvm::arrayRefFromStringRef(text)), /*LowerCase=*/true);
  std::string path = "fovea-reproducer-" + hash + ".mlir";
  std::string command = (before + path + after).str();
  if (llvm::Error error =
          writeFile(path, [&](llvm::raw_ostream &stream) { stream << "// Replay: " << command << '\n'
                                                                  << text; }))
    return "no reproducer: " + llvm::toString(std::move(error));
  return "to replay it: " + command;
}

std::string fovea::reproducePasses(ModuleOp module, llvm::StringRef pipeline) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  AsmState state(module, OpPrintingFlags().enableDebugInfo());
  state.attachResourcePrinter("mlir_reproducer", [&](Operation *, AsmResourceBuilder &builder) {
    builder.buildString("pipeline", pipeline);
    builder.buildBool("disable_threading", true);
    builder.buildBool("verify_each", true);
  });
  module->print(stream, state);
  return write(text, "fovea-opt ", " --run-reproducer");
}

std::string fovea::reproduceKernel(Operation *kernel, llvm::StringRef target) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  kernel->print(stream, OpPrintingFlags().enableDebugInfo());
  stream << '\n';
  return write(text, "fovea compile ", fmt::format(" --emit=asm --target {} -o /dev/null", target.str()));
}
