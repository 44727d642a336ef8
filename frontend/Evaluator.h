// Runs a `.net` file at compile time: numbers, lists and strings are computed, layers become ops.
#ifndef FOVEA_FRONTEND_EVALUATOR_H
#define FOVEA_FRONTEND_EVALUATOR_H

#include "dialect/Layer.h"
#include "frontend/Import.h"
#include "frontend/NetworkBuilder.h"
#include "frontend/Value.h"
#include "llvm/ADT/MapVector.h"

namespace fovea::net {

class Evaluator {
public:
  Evaluator(const SourceFiles &source, const ast::File &file);

  /// The network as a module; null after an error, which has been reported.
  mlir::OwningOpRef<mlir::ModuleOp> run(const ImportOptions &options);

private:
  using Result = mlir::FailureOr<Value>;

  /// A name and where it got its value.
  struct Binding {
    Value value;
    ast::Place place;
  };

  /// The network, or a call of a block.
  struct Frame {
    const ast::Definition &definition;
    ast::Place callPlace;
    std::string scope;
    int64_t scopeNumber = 0; ///< scopes are counted as they are entered: two with one name are two
    llvm::StringMap<Binding> names = {};
    std::optional<Value> result = std::nullopt;
  };

  /// How a statement ended.
  enum class Flow { Next, Returned, Failed };

  // Network (Evaluator.cpp).
  llvm::LogicalResult checkBlocks();
  llvm::LogicalResult checkNames(const ImportOptions &options);
  llvm::LogicalResult bindParameters(const ImportOptions &options);
  Result parseParameter(const ast::Parameter &parameter, llvm::StringRef text);
  /// Adds to an error where its tensors come from and the calls that led to it.
  void explain(mlir::Diagnostic &diagnostic);

  // Statements (EvaluatorStatements.cpp).
  Flow run(const ast::Body &body);
  Flow run(const ast::Statement &statement);
  Flow run(const ast::Input &node, ast::Place place);
  Flow run(const ast::Output &node, ast::Place place);
  Flow run(const ast::Ignore &node, ast::Place place);
  Flow run(const ast::Assign &node, ast::Place place);
  Flow run(const ast::For &node, ast::Place place);
  Flow run(const ast::If &node, ast::Place place);
  Flow run(const ast::Return &node, ast::Place place);
  Flow run(const ast::Assert &node, ast::Place place);
  Flow runIteration(const ast::For &node, Value value);
  /// False, and reported, when building the network takes too long.
  bool countStep(ast::Place place);
  bool isInNetwork(llvm::StringRef statement, ast::Place place);
  mlir::FailureOr<mlir::RankedTensorType> evaluateType(const ast::TensorType &type);

  // Expressions (EvaluatorExpressions.cpp).
  Result evaluate(const ast::Expr &expr);
  /// Refuses what is not one value.
  Result evaluateSingle(const ast::Expr &expr);
  /// Refuses lists whose levels, handled recursively, are too many.
  Result checkLevels(Value value, ast::Place place);
  /// Each evaluates an expression and asks for one kind of value; `what` names its role in messages.
  mlir::FailureOr<int64_t> evaluateInteger(const ast::Expr &expr, llvm::StringRef what);
  mlir::FailureOr<bool> evaluateBool(const ast::Expr &expr, llvm::StringRef what);
  mlir::FailureOr<std::string> evaluateString(const ast::Expr &expr, llvm::StringRef what);

  Result evaluate(const ast::IntLiteral &node, const ast::Expr &) { return Value::of(node.value); }
  Result evaluate(const ast::FloatLiteral &node, const ast::Expr &) { return Value::of(node.value); }
  Result evaluate(const ast::BoolLiteral &node, const ast::Expr &) { return Value::of(node.value); }
  Result evaluate(const ast::StringLiteral &node, const ast::Expr &expr);
  Result evaluate(const ast::ListLiteral &node, const ast::Expr &expr);
  Result evaluate(const ast::DictLiteral &node, const ast::Expr &expr);
  Result evaluate(const ast::NameRef &node, const ast::Expr &expr);
  Result evaluate(const ast::Index &node, const ast::Expr &expr);
  Result evaluate(const ast::AxisSize &node, const ast::Expr &expr);
  Result evaluate(const ast::Conditional &node, const ast::Expr &expr);

  // Operators (EvaluatorOperators.cpp).
  Result evaluate(const ast::Unary &node, const ast::Expr &expr);
  Result evaluate(const ast::Binary &node, const ast::Expr &expr);
  Result compare(ast::Operator op, const Value &lhs, const Value &rhs, ast::Place place);
  Result arithmetic(ast::Operator op, const Value &lhs, const Value &rhs, ast::Place place);
  Result integerArithmetic(ast::Operator op, int64_t lhs, int64_t rhs, ast::Place place);
  Result floatArithmetic(ast::Operator op, double lhs, double rhs, ast::Place place);
  Result tensorArithmetic(ast::Operator op, Value lhs, Value rhs, ast::Place place);
  mlir::FailureOr<mlir::Value> constant(double value, ast::Place place);

  // Calls (EvaluatorCalls.cpp).
  struct Slot {
    llvm::StringRef name;
    bool isRequired;
  };
  /// The arguments of a call by slot; null where the call leaves one out.
  using Arguments = llvm::SmallVector<const ast::Argument *>;
  Result evaluate(const ast::Call &node, const ast::Expr &expr);
  /// `definedAt` is where the callee is defined, if in this file. Arguments with names that no slot has go to `others`,
  /// or are errors if it is null.
  mlir::FailureOr<Arguments> bindArguments(const ast::Call &call, llvm::ArrayRef<Slot> slots,
                                           std::optional<ast::Place> definedAt, Arguments *others = nullptr);
  Result callBlock(const ast::Call &call, const ast::Definition &block);
  mlir::FailureOr<std::string> scopeOf(const ast::Call &call);
  llvm::SmallVector<llvm::StringRef> layerNames() const;

  // Functions on numbers and lists (EvaluatorFunctions.cpp).
  static bool isFunction(llvm::StringRef name);
  static llvm::ArrayRef<llvm::StringRef> functionNames();
  Result callFunction(const ast::Call &call);
  Result lengthOf(const Value &value, const ast::Call &call);
  Result truncate(const Value &value, const ast::Call &call);
  Result extreme(llvm::ArrayRef<Value> values, const ast::Call &call);
  Result divideRounding(const Value &lhs, const Value &rhs, const ast::Call &call);

  // Layers (EvaluatorLayers.cpp, EvaluatorArguments.cpp).
  struct LayerOperands {
    llvm::SmallVector<mlir::Value> values;
    llvm::SmallVector<int32_t> segments; ///< how many belong to each argument of the signature
  };
  Result callLayer(const ast::Call &call, mlir::RegisteredOperationName op);
  /// Evaluates the arguments of a call into `bound` and its tensors into `operands`.
  llvm::LogicalResult evaluateArguments(const ast::Call &call, const hvn::LayerSignature &signature,
                                        const Arguments &arguments, const Arguments &axes, hvn::LayerCall &bound,
                                        LayerOperands &operands);
  /// The tensors of one argument, if it is given.
  llvm::LogicalResult evaluateTensors(const hvn::LayerArgument &argument, const ast::Argument *given,
                                      const ast::Call &call, hvn::LayerCall &bound, LayerOperands &operands);
  mlir::FailureOr<hvn::AxisValues> axisValues(const Arguments &axes, const ast::Call &call);
  /// The integer, or the integers of the list, that `expr` is; nothing if it is something else.
  mlir::FailureOr<llvm::SmallVector<int64_t>> layerIntegers(const Value &value, ast::Place place);
  mlir::FailureOr<hvn::LayerValue> evaluateArgument(const hvn::LayerArgument &argument, const ast::Expr &expr,
                                                    const ast::Call &call);
  mlir::FailureOr<hvn::LayerValue> axisNames(const hvn::LayerArgument &argument, const ast::Expr &expr);

  Frame &frame() { return *frames.back(); }
  static constexpr size_t maxStringLength = 512; ///< in bytes; also of scopes

  static std::string join(llvm::StringRef scope, llvm::StringRef name);

  const SourceFiles &source;
  const ast::File &file;
  NetworkBuilder network;
  llvm::StringMap<const ast::Definition *> blocks;
  llvm::SmallVector<Frame *> frames;
  /// Tensors that the op being created reads: an error of it tells where they come from.
  llvm::SmallVector<mlir::Value> operandsInQuestion;
  int64_t scopeCount = 0;
  unsigned depth = 0;
  uint64_t steps = 0;
};

} // namespace fovea::net

#endif
