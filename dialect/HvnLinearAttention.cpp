// hvn.linear_attention: shapes, meaning, `.net` calls, what it is made of.
#include "dialect/AttentionTokens.h"

using namespace mlir;
using namespace fovea::hvn;

LogicalResult LinearAttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                                  SmallVectorImpl<Type> &results) {
  auto query = cast<RankedTensorType>(adaptor.getQuery().getType());
  Type value = adaptor.getValue().getType();
  if (failed(checkTokens(location, "linear_attention", query, adaptor.getKey().getType(), value, adaptor.getQueries(),
                         adaptor.getKeys(), adaptor.getHeads()))) // C1 to C4
    return failure();
  results.push_back(withAxisSize(query, "c", axisSize(value, "c")));
  return success();
}

const LayerSignature &LinearAttentionOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"query", A::Tensor, "what asks: c, the batch axes and tokens, which are all other axes; after its feature map"},
       {"key", A::Tensor, "what is compared with: c, the batch axes and tokens; after its feature map"},
       {"value", A::Tensor, "what is summed: the tokens of key"},
       {"heads", A::Integer, "parts of the channels with attention of their own", int64_t(1)},
       {"batch", A::Axes, "axes whose places do not see each other", SmallVector<std::string>{"n"}},
       {"normalize", A::Bool, "divide by the query times the sum of the keys", true},
       {"eps", A::Number, "added to what is divided by", 1e-6}},
      "attention without softmax: q (sum of k v^T), in time linear in the tokens"};
  return signature;
}

LogicalResult LinearAttentionOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  Builder builder(call.context);
  layer.attributes.set("normalize", builder.getBoolAttr(call.getBool("normalize")));
  layer.attributes.set("eps", builder.getF64FloatAttr(call.getNumber("eps")));
  return resolveTokens(call, layer);
}

SmallVector<Tensor> LinearAttentionOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &query = *operands[0], &key = *operands[1], &value = *operands[2];
  Tensor result(getType());
  int64_t heads = getHeads(), depth = query.size("c") / heads, width = result.size("c") / heads;
  Places batch = batchOf(query.type, getQueries());
  SmallVector<int64_t> queryBatch = offsetsOf(query, batch), keyBatch = offsetsOf(key, batch),
                       valueBatch = offsetsOf(value, batch), resultBatch = offsetsOf(result, batch);
  Places queries = placesOf(query.type, getQueries()), keys = placesOf(key.type, getKeys());
  SmallVector<int64_t> queryTokens = offsetsOf(query, queries), resultTokens = offsetsOf(result, queries),
                       keyTokens = offsetsOf(key, keys), valueTokens = offsetsOf(value, keys);
  for (size_t b = 0; b < queryBatch.size(); ++b)
    for (int64_t head = 0; head < heads; ++head) {
      std::vector<double> keySums(depth), products(depth * width);
      for (auto [keyToken, valueToken] : llvm::zip_equal(keyTokens, valueTokens))
        for (int64_t d = 0; d < depth; ++d) {
          double k = key.data[keyBatch[b] + keyToken + (head * depth + d) * key.stride("c")];
          keySums[d] += k;
          for (int64_t e = 0; e < width; ++e)
            products[d * width + e] +=
                k * value.data[valueBatch[b] + valueToken + (head * width + e) * value.stride("c")];
        }
      for (auto [queryToken, resultToken] : llvm::zip_equal(queryTokens, resultTokens)) {
        double sum = getEps().convertToDouble();
        std::vector<double> row(width);
        for (int64_t d = 0; d < depth; ++d) {
          double q = query.data[queryBatch[b] + queryToken + (head * depth + d) * query.stride("c")];
          sum += q * keySums[d];
          for (int64_t e = 0; e < width; ++e)
            row[e] += q * products[d * width + e];
        }
        for (int64_t e = 0; e < width; ++e)
          result.data[resultBatch[b] + resultToken + (head * width + e) * result.stride("c")] =
              getNormalize() ? row[e] / sum : row[e];
      }
    }
  return {std::move(result)};
}

double LinearAttentionOp::getFlops() {
  double depth = double(axisSize(getQuery().getType(), "c")) / getHeads();
  double tokens =
      countPlaces(placesOf(getQuery().getType(), getQueries())) + countPlaces(placesOf(getKey().getType(), getKeys()));
  double channels = axisSize(getType(), "c") + (getNormalize() ? getHeads() : 0);
  return 2 * countPlaces(batchOf(getType(), getQueries())) * tokens * depth * channels;
}

namespace {
/// contract(q, contract(k, v)), over contract(q, sum(k)) + eps: sums are of few elements first.
struct LowerLinearAttention : OpRewritePattern<LinearAttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(LinearAttentionOp op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    MLIRContext *context = op.getContext();
    SmallVector<std::string> names; // of heads, of their channels, of those of the values
    for (std::string name : {"head", "d", "e"}) {
      while (llvm::any_of(op->getOperandTypes(), [&](Type type) { return getAxes(type).find(name) >= 0; }))
        name += "_";
      names.push_back(name);
    }
    auto axes = [&](ArrayRef<StringRef> list) { return AxesAttr::get(context, list); };
    auto byHeads = [&](Value tensor, StringRef channel) -> Value {
      int64_t size = axisSize(tensor.getType(), "c") / int64_t(op.getHeads());
      return UnmergeOp::create(rewriter, loc, tensor, rewriter.getStringAttr("c"), axes({names[0], channel}),
                               rewriter.getDenseI64ArrayAttr({int64_t(op.getHeads()), size}));
    };
    Value query = byHeads(op.getQuery(), names[1]), key = byHeads(op.getKey(), names[1]);
    Value value = byHeads(op.getValue(), names[2]);
    Value products = ContractOp::create(rewriter, loc, key, value, op.getKeys());
    Value result = ContractOp::create(rewriter, loc, query, products, axes({names[1]}));
    if (op.getNormalize()) {
      Value keys = SumOp::create(rewriter, loc, key, op.getKeys(), false);
      Value sums = ContractOp::create(rewriter, loc, query, keys, axes({names[1]}));
      RankedTensorType scalar = axisTensorLike(op.getType(), {}, {});
      Value eps = ConstantOp::create(rewriter, loc, scalar, op.getEpsAttr());
      result = DivOp::create(rewriter, loc, result, AddOp::create(rewriter, loc, sums, eps));
    }
    result = MergeOp::create(rewriter, loc, result, axes({names[0], names[2]}), rewriter.getStringAttr("c"));
    rewriter.replaceOp(op, rewriter.createOrFold<PermuteOp>(loc, op.getType(), result));
    return success();
  }
};
} // namespace

void LinearAttentionOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<LowerLinearAttention>(context);
}
