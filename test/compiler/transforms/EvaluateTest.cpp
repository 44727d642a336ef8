// Evaluation of weights: bytes, places, errors.
#include "compiler/transforms/EvaluateWeights.h"
#include "dialect/KernOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include <cstring>
#include <gtest/gtest.h>

using namespace mlir;
using namespace fovea;

namespace {
class Evaluate : public testing::Test {
protected:
  Evaluate() { context.loadDialect<hvn::HvnDialect, kern::KernDialect, func::FuncDialect>(); }

  OwningOpRef<ModuleOp> parse(StringRef text) { return parseSourceString<ModuleOp>(text, &context); }

  MLIRContext context;
};
} // namespace

TEST_F(Evaluate, WeightsLieAtMultiplesOf64) {
  auto module = parse(R"(
    func.func private @weights() -> (tensor<3xf32, #hvn.axes<c>>, tensor<17xf32, #hvn.axes<c>>,
                                     tensor<1xf32, #hvn.axes<c>>) {
      %a = hvn.param "a" : tensor<3xf32, #hvn.axes<c>>
      %b = hvn.param "b" : tensor<17xf32, #hvn.axes<c>>
      %c = hvn.param "c" : tensor<1xf32, #hvn.axes<c>>
      %two = hvn.constant 2.0 : tensor<f32, #hvn.axes<>>
      %d = hvn.mul %a, %two : (tensor<3xf32, #hvn.axes<c>>, tensor<f32, #hvn.axes<>>) -> tensor<3xf32, #hvn.axes<c>>
      return %d, %b, %c : tensor<3xf32, #hvn.axes<c>>, tensor<17xf32, #hvn.axes<c>>, tensor<1xf32, #hvn.axes<c>>
    })");
  ASSERT_TRUE(module);
  auto lookup = [](StringRef key, RankedTensorType type) -> FailureOr<hvn::Tensor> {
    hvn::Tensor tensor(type);
    for (size_t i = 0; i < tensor.data.size(); ++i)
      tensor.data[i] = i + (key == "a" ? 0.5 : 100);
    return tensor;
  };
  auto bytes = evaluateWeights(*module, lookup);
  ASSERT_TRUE(succeeded(bytes));
  ASSERT_EQ(bytes->size(), 64u + 128 + 64);
  std::vector<float> floats(bytes->size() / 4);
  std::memcpy(floats.data(), bytes->data(), bytes->size());
  EXPECT_EQ(std::vector<float>(floats.begin(), floats.begin() + 4), (std::vector<float>{1, 3, 5, 0}));
  EXPECT_EQ(floats[16], 100);
  EXPECT_EQ(floats[32], 116);
  EXPECT_EQ(floats[33], 0);
  EXPECT_EQ(floats[48], 100);
}

TEST_F(Evaluate, NoWeights) {
  auto module = parse("module {}");
  auto bytes = evaluateWeights(*module, nullptr);
  ASSERT_TRUE(succeeded(bytes));
  EXPECT_TRUE(bytes->empty());
}

TEST_F(Evaluate, MissingParameterStops) {
  auto module = parse(R"(
    func.func private @weights() -> tensor<3xf32, #hvn.axes<c>> {
      %a = hvn.param "a" : tensor<3xf32, #hvn.axes<c>>
      return %a : tensor<3xf32, #hvn.axes<c>>
    })");
  auto missing = [](StringRef, RankedTensorType) -> FailureOr<hvn::Tensor> { return failure(); };
  EXPECT_TRUE(failed(evaluateWeights(*module, missing)));
}

TEST_F(Evaluate, OpWithoutReferenceIsAnError) {
  auto module = parse(R"(
    func.func @f(%x: tensor<3xf32, #hvn.axes<c>>) -> tensor<3xf32, #hvn.axes<c>> {
      %0 = func.call @f(%x) : (tensor<3xf32, #hvn.axes<c>>) -> tensor<3xf32, #hvn.axes<c>>
      return %0 : tensor<3xf32, #hvn.axes<c>>
    })");
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) { message = diagnostic.str(); });
  auto function = *module->getOps<func::FuncOp>().begin();
  hvn::Tensor input(cast<RankedTensorType>(function.getArgumentTypes()[0]));
  EXPECT_TRUE(failed(evaluateNetwork(function, input, nullptr)));
  EXPECT_EQ(message, "'func.call' has no reference to evaluate");
}

TEST_F(Evaluate, ObserverSeesEveryOp) {
  auto module = parse(R"(
    func.func @f(%x: tensor<2xf32, #hvn.axes<c>>) -> tensor<2xf32, #hvn.axes<c>> {
      %0 = hvn.add %x, %x : (tensor<2xf32, #hvn.axes<c>>, tensor<2xf32, #hvn.axes<c>>) -> tensor<2xf32, #hvn.axes<c>>
      %1 = hvn.relu %0 : tensor<2xf32, #hvn.axes<c>>
      return %1 : tensor<2xf32, #hvn.axes<c>>
    })");
  auto function = *module->getOps<func::FuncOp>().begin();
  hvn::Tensor input(cast<RankedTensorType>(function.getArgumentTypes()[0]));
  input.data = {-1, 4};
  std::vector<double> seen;
  auto outputs = evaluateNetwork(function, input, nullptr, [&](Operation *, ArrayRef<hvn::Tensor> results) {
    seen.insert(seen.end(), results[0].data.begin(), results[0].data.end());
  });
  ASSERT_TRUE(succeeded(outputs));
  EXPECT_EQ(seen, (std::vector<double>{-2, 8, 0, 8}));
  EXPECT_EQ(outputs->front().data, (std::vector<double>{0, 8}));
}
