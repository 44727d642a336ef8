// Attention layers: shapes, meaning, `.net` calls.
#include "dialect/HvnOps.h"
#include <cmath>

using namespace mlir;
using namespace fovea::hvn;

/// Whether `type` has the axes n, c and tokens.
static bool hasTokens(Type type) {
  return getAxes(type).find("n") >= 0 && getAxes(type).find("c") >= 0 && cast<RankedTensorType>(type).getRank() > 2;
}

/// Axes and sizes of the tokens.
static SmallVector<std::pair<StringRef, int64_t>> tokenAxes(RankedTensorType type) {
  SmallVector<std::pair<StringRef, int64_t>> tokens;
  for (auto [axis, size] : llvm::zip_equal(getAxes(type).getNames(), type.getShape()))
    if (axis != "n" && axis != "c")
      tokens.emplace_back(axis.getValue(), size);
  return tokens;
}

int64_t AttentionOp::countTokens(RankedTensorType type) {
  return type.getNumElements() / (axisSize(type, "n") * axisSize(type, "c"));
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  auto query = cast<RankedTensorType>(adaptor.getQuery().getType());
  auto key = cast<RankedTensorType>(adaptor.getKey().getType());
  auto value = cast<RankedTensorType>(adaptor.getValue().getType());
  for (auto [name, type] : {std::pair("queries", query), {"keys", key}, {"values", value}})
    if (!hasTokens(type)) // C1
      return emitOptionalError(location, "attention needs ", name, " with the axes n and c and tokens; found ",
                               getAxes(type));
  for (auto [name, type] : {std::pair("keys", key), {"values", value}})
    if (axisSize(type, "n") != axisSize(query, "n")) // C2
      return emitOptionalError(location, "expected ", name, " for ", axisSize(query, "n"), " images, found ",
                               spell(type));
  if (tokenAxes(key) != tokenAxes(value))
    return emitOptionalError(location, "keys and values must have the same tokens, found ", spell(key), " and ",
                             spell(value));
  if (axisSize(query, "c") != axisSize(key, "c"))
    return emitOptionalError(location, "queries and keys must have the same channels, found ", axisSize(query, "c"),
                             " and ", axisSize(key, "c"));
  int64_t heads = adaptor.getHeads();
  if (heads < 1 || axisSize(query, "c") % heads || axisSize(value, "c") % heads) // C3
    return emitOptionalError(location, "heads must divide ", axisSize(query, "c"), " channels of queries and ",
                             axisSize(value, "c"), " of values, found ", heads);
  results.push_back(withAxisSize(query, "c", axisSize(value, "c")));
  return success();
}

const LayerSignature &AttentionOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"query", A::Tensor, "what asks: n, c and tokens"},
       {"key", A::Tensor, "what is compared with: n, c and tokens"},
       {"value", A::Tensor, "what is summed: the tokens of key"},
       {"heads", A::Integer, "parts of the channels with attention of their own", int64_t(1)},
       {"scale", A::Number, "factor of the scores; 0 stands for 1 / sqrt(channels of a head)", 0.0}},
      "softmax attention, as torch.nn.functional.scaled_dot_product_attention"};
  return signature;
}

LogicalResult AttentionOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  int64_t heads = call.getInteger("heads"), channels = axisSize(call.inputs[0], "c");
  if (heads < 1 || channels % heads || axisSize(call.inputs[2], "c") % heads)
    return call.emitError("heads") << "heads must divide " << channels << " channels of queries and "
                                   << axisSize(call.inputs[2], "c") << " of values, found " << heads;
  double scale = call.getNumber("scale");
  Builder builder(call.inputs[0].getContext());
  layer.attributes.set("heads", builder.getI64IntegerAttr(heads));
  layer.attributes.set("scale", builder.getF64FloatAttr(scale == 0 ? 1 / std::sqrt(double(channels / heads)) : scale));
  return success();
}

/// Offsets in `tensor` of its tokens, for image 0 and channel 0, in the order of its axes.
static SmallVector<int64_t> tokenOffsets(const Tensor &tensor) {
  SmallVector<int64_t> offsets{0};
  for (auto [axis, size] : tokenAxes(tensor.type)) {
    SmallVector<int64_t> next;
    for (int64_t offset : offsets)
      for (int64_t i = 0; i < size; ++i)
        next.push_back(offset + i * tensor.stride(axis));
    offsets = std::move(next);
  }
  return offsets;
}

/// Calls `visit` for each head of each query: where its channels are in the query and in the result, and `scores`,
/// scale * q . k for each key.
static void
forEachQuery(AttentionOp op, const Tensor &query, const Tensor &key, const Tensor &result,
             llvm::function_ref<void(int64_t n, int64_t head, int64_t at, std::vector<double> &scores)> visit) {
  int64_t depth = query.size("c") / op.getHeads(), width = result.size("c") / op.getHeads();
  double scale = op.getScale().convertToDouble();
  SmallVector<int64_t> keys = tokenOffsets(key), queries = tokenOffsets(query), results = tokenOffsets(result);
  std::vector<double> scores(keys.size());
  for (int64_t n = 0; n < query.size("n"); ++n)
    for (int64_t head = 0; head < int64_t(op.getHeads()); ++head)
      for (auto [queryToken, resultToken] : llvm::zip_equal(queries, results)) {
        const double *q = &query.data[n * query.stride("n") + queryToken + head * depth * query.stride("c")];
        for (auto [score, keyToken] : llvm::zip_equal(scores, keys)) {
          const double *k = &key.data[n * key.stride("n") + keyToken + head * depth * key.stride("c")];
          score = 0;
          for (int64_t i = 0; i < depth; ++i)
            score += scale * q[i * query.stride("c")] * k[i * key.stride("c")];
        }
        visit(n, head, n * result.stride("n") + resultToken + head * width * result.stride("c"), scores);
      }
}

SmallVector<Tensor> AttentionOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &value = *operands[2];
  Tensor result(getType());
  int64_t width = value.size("c") / getHeads();
  SmallVector<int64_t> tokens = tokenOffsets(value);
  forEachQuery(*this, *operands[0], *operands[1], result,
               [&](int64_t n, int64_t head, int64_t at, std::vector<double> &weights) {
                 double largest = *llvm::max_element(weights), sum = 0;
                 for (double &weight : weights)
                   sum += weight = std::exp(weight - largest);
                 for (int64_t i = 0; i < width; ++i) {
                   double element = 0;
                   for (auto [weight, token] : llvm::zip_equal(weights, tokens))
                     element +=
                         weight * value.data[n * value.stride("n") + token + (head * width + i) * value.stride("c")];
                   result.data[at + i * result.stride("c")] = element / sum;
                 }
               });
  return {std::move(result)};
}

/// An error of a score is one of its weight, twice as large for the sum: that, for the largest value.
SmallVector<Tensor> AttentionOp::magnitude(ArrayRef<const Tensor *> operands) {
  const Tensor &value = *operands[2];
  Tensor result(getType());
  int64_t width = value.size("c") / getHeads();
  SmallVector<int64_t> tokens = tokenOffsets(value);
  forEachQuery(
      *this, *operands[0], *operands[1], result, [&](int64_t n, int64_t head, int64_t at, std::vector<double> &scores) {
        double score = std::abs(*llvm::max_element(scores));
        for (int64_t i = 0; i < width; ++i) {
          double largest = 0;
          for (int64_t token : tokens)
            largest =
                std::fmax(largest, value.data[n * value.stride("n") + token + (head * width + i) * value.stride("c")]);
          result.data[at + i * result.stride("c")] = (1 + 2 * score) * largest;
        }
      });
  return {std::move(result)};
}

double AttentionOp::getFlops() {
  double scores = double(axisSize(getType(), "n")) * getHeads() * countTokens(getQuery().getType()) *
                  countTokens(getKey().getType());
  double channels = axisSize(getQuery().getType(), "c") + axisSize(getType(), "c");
  return 2 * scores * channels / getHeads();
}
