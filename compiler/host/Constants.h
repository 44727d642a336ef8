// Constant data of an LLVM module: strings, arrays and structs that point at each other.
#ifndef FOVEA_COMPILER_HOST_CONSTANTS_H
#define FOVEA_COMPILER_HOST_CONSTANTS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include <variant>

namespace fovea {

/// One field of a constant struct: a number of the field's type, or the address of a symbol (empty: null).
struct Field {
  mlir::Type type;
  std::variant<int64_t, double, std::string> value;
};

/// Adds internal constant globals at the end of a module, one per distinct content, and names them by number: the same
/// calls make the same module.
class Constants {
public:
  explicit Constants(mlir::ModuleOp module);

  Field integer(unsigned bits, int64_t value) { return {builder.getIntegerType(bits), value}; }
  Field real(double value) { return {builder.getF64Type(), value}; }
  Field address(std::string symbol) { return {pointer, std::move(symbol)}; }

  // Each returns a field with the address of the data; a null address for an array of nothing.

  /// A text with a final zero.
  Field text(llvm::StringRef text);
  /// Integers of `bits` bits.
  Field integers(unsigned bits, llvm::ArrayRef<int64_t> values);
  /// Structs with fields of the same types; an array of pointers when each has just one field.
  Field structs(llvm::ArrayRef<std::vector<Field>> rows);

  /// Adds the struct `symbol`.
  void define(llvm::StringRef symbol, llvm::ArrayRef<Field> fields);

  static mlir::Type structType(mlir::MLIRContext *context, llvm::ArrayRef<Field> fields);

private:
  mlir::Value emit(mlir::OpBuilder &inside, mlir::Location location, const Field &field);
  mlir::Value emitStruct(mlir::OpBuilder &inside, mlir::Location location, llvm::ArrayRef<Field> fields);
  /// Adds `symbol` of type `type`, whose value `body` computes.
  void addGlobal(llvm::StringRef symbol, mlir::Type type,
                 llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location)> body);
  /// The symbol of plain data, added on first use.
  Field addData(llvm::StringRef kind, mlir::Type type, mlir::Attribute value, std::string key);

  mlir::OpBuilder builder;
  mlir::Type pointer;
  llvm::StringMap<std::string> known; ///< symbols of plain data by content
  unsigned count = 0;
};

} // namespace fovea

#endif
