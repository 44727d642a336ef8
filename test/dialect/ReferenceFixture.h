// Evaluates ops written in short.
#ifndef FOVEA_TEST_DIALECT_REFERENCEFIXTURE_H
#define FOVEA_TEST_DIALECT_REFERENCEFIXTURE_H

#include "dialect/KernOps.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace fovea;
using hvn::Tensor;
using Numbers = std::vector<double>;

class Reference : public testing::Test {
protected:
  Reference() { context.loadDialect<hvn::HvnDialect, kern::KernDialect, func::FuncDialect>(); }

  /// The results of the one op `text`, whose operands are `%0`, `%1`, ... of the types `types`.
  std::vector<Numbers> evaluateAll(StringRef text, ArrayRef<std::string> types, ArrayRef<Numbers> operands) {
    std::string function = "func.func @f(";
    for (auto [number, type] : llvm::enumerate(types))
      function += (number ? ", %" : "%") + std::to_string(number) + ": " + spell(type);
    function += ") {\n" + expand(text.str()) + "\nreturn }";
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(function, &context);
    EXPECT_TRUE(module) << function;
    if (!module)
      return {};
    std::vector<Tensor> tensors;
    for (auto [type, numbers] : llvm::zip_equal(types, operands)) {
      Tensor &tensor = tensors.emplace_back(cast<RankedTensorType>(parseType(spell(type), &context)));
      EXPECT_EQ(tensor.data.size(), numbers.size());
      tensor.data = numbers;
    }
    SmallVector<const Tensor *> pointers(llvm::make_pointer_range(tensors));
    std::vector<Numbers> results;
    module->walk([&](hvn::ReferenceInterface op) {
      for (auto [result, tensor] : llvm::zip_equal(op->getResults(), op.evaluate(pointers))) {
        EXPECT_EQ(tensor.type, result.getType());
        results.push_back(tensor.data);
      }
    });
    return results;
  }

  Numbers evaluate(StringRef text, ArrayRef<std::string> types, ArrayRef<Numbers> operands) {
    std::vector<Numbers> results = evaluateAll(text, types, operands);
    return results.size() == 1 ? results.front() : Numbers();
  }

private:
  /// `2x3 n c` as a tensor type, of f32; `2x3xbf16 n c` of bf16, `2x3xui8 n c` of bytes.
  static std::string spell(StringRef type) {
    auto [shape, axes] = type.split(' ');
    std::string list;
    for (StringRef axis : llvm::split(axes, ' '))
      list += (list.empty() ? "" : ", ") + axis.str();
    StringRef element = shape.ends_with("bf16") || shape.ends_with("ui8") ? "" : shape.empty() ? "f32" : "xf32";
    return ("tensor<" + shape + element + ", #hvn.axes<" + list + ">>").str();
  }

  /// Replaces each `{2x3 n c}` by its tensor type.
  static std::string expand(std::string text) {
    for (size_t open; (open = text.find('{')) != std::string::npos;) {
      size_t close = text.find('}', open);
      text.replace(open, close - open + 1, spell(text.substr(open + 1, close - open - 1)));
    }
    return text;
  }

  MLIRContext context;
};

#endif
