// The hvn module that a `.net` file comes to, built op by op.
#ifndef FOVEA_FRONTEND_NETWORKBUILDER_H
#define FOVEA_FRONTEND_NETWORKBUILDER_H

#include "frontend/SourceFiles.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"

namespace fovea::net {

/// A module with one function: arguments are the network's inputs, results its outputs, both with an attribute
/// `hvn.name`; the module's attribute `hvn.ignore` lists the patterns of keys that the network does not use. Methods
/// that can fail have reported why.
class NetworkBuilder {
public:
  NetworkBuilder(const SourceFiles &source, ast::Identifier name);

  mlir::FailureOr<mlir::Value> addInput(ast::Identifier name, mlir::RankedTensorType type);
  llvm::LogicalResult addOutput(ast::Identifier name, mlir::Value value);
  void ignore(llvm::StringRef pattern) { ignored.push_back(pattern.str()); }

  /// The parameter stored under `key`; the same op when the network has asked for it already, in another `scope`: each
  /// scope that is written has its number. Twice in one scope is an error, for nobody said that two layers share.
  mlir::FailureOr<mlir::Value> parameter(llvm::StringRef key, llvm::ArrayRef<int64_t> shape,
                                         llvm::ArrayRef<llvm::StringRef> axes, ast::Place place, int64_t scope);

  /// Creates the op called `name`, such as `hvn.add`, with inferred result types. `label` names it in reports.
  mlir::FailureOr<mlir::Operation *> create(llvm::StringRef name, mlir::ValueRange operands,
                                            mlir::NamedAttrList attributes, llvm::StringRef label, ast::Place place);

  /// The finished module; null if the network has no input or no output.
  mlir::OwningOpRef<mlir::ModuleOp> finish();

  /// Checks that a tensor of this shape is one that can be compiled: rank, sizes, number of elements.
  llvm::LogicalResult checkShape(llvm::ArrayRef<int64_t> shape, ast::Place place);

  /// `value` with its axes in the order of `type`, which has the same ones.
  mlir::Value ordered(mlir::Value value, mlir::RankedTensorType type);

private:
  /// Inputs and outputs appear in a C header: names must be unique and legal there.
  llvm::LogicalResult checkPublicName(ast::Identifier name);
  mlir::Location namedLocation(llvm::StringRef label, ast::Place place) const;

  struct Output {
    ast::Identifier name;
    mlir::Value value;
  };

  const SourceFiles &source;
  ast::Identifier networkName;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::OpBuilder builder;
  mlir::func::FuncOp function;
  struct Parameter {
    mlir::Value value;
    int64_t scope; ///< in which it was asked for last
  };
  llvm::StringMap<Parameter> parameters; ///< by key
  llvm::StringMap<ast::Place> publicNames;
  llvm::SmallVector<ast::Identifier> inputs;
  llvm::SmallVector<Output> outputs;
  std::vector<std::string> ignored;
  unsigned opCount = 0;
};

} // namespace fovea::net

#endif
