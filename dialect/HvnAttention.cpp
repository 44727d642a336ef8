// hvn.attention: shapes, meaning, `.net` calls.
#include "dialect/AttentionTokens.h"
#include <cmath>

using namespace mlir;
using namespace fovea::hvn;

int64_t AttentionOp::countQueries() { return countPlaces(placesOf(getQuery().getType(), getQueries())); }
int64_t AttentionOp::countKeys() { return countPlaces(placesOf(getKey().getType(), getKeys())); }

SmallVector<StringRef> AttentionOp::getBatch() {
  return llvm::map_to_vector(batchOf(getQuery().getType(), getQueries()), [](auto place) { return place.first; });
}

/// Whether each axis of `type` is one of `places`, with its size or 1.
static bool broadcastsTo(Type type, const Places &places) {
  return llvm::all_of(getAxes(type).getNames(), [&](StringAttr axis) {
    return llvm::any_of(places, [&](auto place) {
      return place.first == axis.getValue() && llvm::is_contained({place.second, int64_t(1)}, axisSize(type, axis));
    });
  });
}

/// `places` as `n=1, q=49`.
static std::string spell(const Places &places) {
  std::string text;
  for (auto [axis, size] : places)
    text += (text.empty() ? "" : ", ") + axis.str() + "=" + std::to_string(size);
  return text;
}

/// C5 and C6.
static LogicalResult checkScores(std::optional<Location> location, AttentionOp::Adaptor op) {
  Type query = op.getQuery().getType(), key = op.getKey().getType();
  Places batch = batchOf(query, op.getQueries());
  Places queries = placesOf(query, op.getQueries()), keys = placesOf(key, op.getKeys());
  if (op.getBias()) {
    Places names{{"head", op.getHeads()}, {"q", countPlaces(queries)}, {"k", countPlaces(keys)}};
    for (auto [axis, size] : batch)
      if (llvm::any_of(names, [&](auto place) { return place.first == axis; }))
        return emitOptionalError(location, "with a bias no batch axis may be called '", axis,
                                 "': head, q and k are heads, queries and keys there");
    Places legal = batch;
    llvm::append_range(legal, names);
    if (!broadcastsTo(op.getBias().getType(), legal))
      return emitOptionalError(location, "expected a bias on some of ", spell(legal), ", or of size 1 there; found ",
                               spell(op.getBias().getType()));
  }
  if (op.getRegionIds()) {
    if (queries != keys)
      return emitOptionalError(location, "with regions queries and keys must have the same tokens, found ",
                               spell(queries), " and ", spell(keys));
    Places legal = batch;
    llvm::append_range(legal, queries);
    if (!broadcastsTo(op.getRegionIds().getType(), legal))
      return emitOptionalError(location, "expected regions on some of ", spell(legal), ", or of size 1 there; found ",
                               spell(op.getRegionIds().getType()));
  }
  return success();
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  auto query = cast<RankedTensorType>(adaptor.getQuery().getType());
  Type value = adaptor.getValue().getType();
  if (failed(checkTokens(location, "attention", query, adaptor.getKey().getType(), value, adaptor.getQueries(),
                         adaptor.getKeys(), adaptor.getHeads())) ||
      failed(checkScores(location, adaptor)))
    return failure();
  if (adaptor.getScores() != "softmax" && adaptor.getScores() != "relu") // C7
    return emitOptionalError(location, "expected the scores \"softmax\" or \"relu\", found \"", adaptor.getScores(),
                             "\"");
  results.push_back(withAxisSize(query, "c", axisSize(value, "c")));
  return success();
}

const LayerSignature &AttentionOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"query", A::Tensor, "what asks: c, the batch axes and tokens, which are all other axes"},
       {"key", A::Tensor, "what is compared with: c, the batch axes and tokens"},
       {"value", A::Tensor, "what is summed: the tokens of key"},
       {"heads", A::Integer, "parts of the channels with attention of their own", int64_t(1)},
       {"scale", A::Number, "factor of the scores; 0 stands for 1 / sqrt(channels of a head)", 0.0},
       {"batch", A::Axes, "axes whose places do not see each other", SmallVector<std::string>{"n"}},
       {"scores", A::Word, "what makes weights of scores", std::string("softmax"), {"softmax", "relu"}},
       {"bias", A::OptionalTensor, "added to the scores: on batch axes, head, q and k (tokens as they are written)"},
       {"regions", A::OptionalTensor, "a number per token: those of another number get -100 added to their score"}},
      "attention, as torch.nn.functional.scaled_dot_product_attention"};
  return signature;
}

LogicalResult AttentionOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  if (failed(resolveTokens(call, layer)))
    return failure();
  double scale = call.getNumber("scale"), depth = axisSize(call.getTensor("query"), "c") / call.getInteger("heads");
  Builder builder(call.context);
  layer.attributes.set("scale", builder.getF64FloatAttr(scale == 0 ? 1 / std::sqrt(depth) : scale));
  layer.attributes.set("scores", builder.getStringAttr(call.getWord("scores")));
  return success();
}

namespace {
/// A row of scores: those of a head of a query.
struct Row {
  std::vector<double> scores;         ///< a score per key
  SmallVector<const double *> values; ///< channel 0 of the head for each key
  double *result;                     ///< channel 0 of the head
};
} // namespace

/// Calls `visit` for each row. With `asMagnitude` all terms of a score count as positive.
static void forEachRow(AttentionOp op, ArrayRef<const Tensor *> operands, Tensor &result, bool asMagnitude,
                       llvm::function_ref<void(Row &row)> visit) {
  const Tensor &query = *operands[0], &key = *operands[1], &value = *operands[2];
  const Tensor *bias = op.getBias() ? operands[3] : nullptr, *regions = op.getRegionIds() ? operands.back() : nullptr;
  int64_t heads = op.getHeads(), depth = query.size("c") / heads, width = result.size("c") / heads;
  double scale = op.getScale().convertToDouble(), otherRegion = AttentionOp::otherRegion;
  if (asMagnitude) {
    scale = std::abs(scale);
    otherRegion = op.isSoftmax() ? 0 : -otherRegion; // of a softmax it leaves nothing
  }
  Places batch = batchOf(query.type, op.getQueries());
  Places queries = placesOf(query.type, op.getQueries()), keys = placesOf(key.type, op.getKeys());
  auto batchOffsets = [&](const Tensor *tensor) {
    return tensor ? offsetsOf(*tensor, batch) : SmallVector<int64_t>(countPlaces(batch), 0);
  };
  SmallVector<int64_t> queryBatch = batchOffsets(&query), keyBatch = batchOffsets(&key),
                       valueBatch = batchOffsets(&value), resultBatch = batchOffsets(&result),
                       biasBatch = batchOffsets(bias), regionBatch = batchOffsets(regions);
  SmallVector<int64_t> queryTokens = offsetsOf(query, queries), keyTokens = offsetsOf(key, keys),
                       valueTokens = offsetsOf(value, keys), resultTokens = offsetsOf(result, queries);
  SmallVector<int64_t> regionTokens = regions ? offsetsOf(*regions, queries) : SmallVector<int64_t>();
  Row row{std::vector<double>(keyTokens.size()), SmallVector<const double *>(keyTokens.size()), nullptr};
  for (size_t b = 0; b < queryBatch.size(); ++b)
    for (int64_t head = 0; head < heads; ++head)
      for (size_t i = 0; i < queryTokens.size(); ++i) {
        const double *q = &query.data[queryBatch[b] + queryTokens[i] + head * depth * query.stride("c")];
        for (size_t j = 0; j < keyTokens.size(); ++j) {
          const double *k = &key.data[keyBatch[b] + keyTokens[j] + head * depth * key.stride("c")];
          double score = 0;
          for (int64_t c = 0; c < depth; ++c)
            score += scale * q[c * query.stride("c")] * k[c * key.stride("c")];
          if (bias)
            score += bias->data[biasBatch[b] + head * bias->stride("head") + int64_t(i) * bias->stride("q") +
                                int64_t(j) * bias->stride("k")];
          if (regions &&
              regions->data[regionBatch[b] + regionTokens[i]] != regions->data[regionBatch[b] + regionTokens[j]])
            score += otherRegion;
          row.scores[j] = score;
          row.values[j] = &value.data[valueBatch[b] + valueTokens[j] + head * width * value.stride("c")];
        }
        row.result = &result.data[resultBatch[b] + resultTokens[i] + head * width * result.stride("c")];
        visit(row);
      }
}

SmallVector<Tensor> AttentionOp::evaluate(ArrayRef<const Tensor *> operands) {
  Tensor result(getType());
  int64_t width = result.size("c") / getHeads(), from = operands[2]->stride("c"), to = result.stride("c");
  forEachRow(*this, operands, result, false, [&](Row &row) {
    double sum = isSoftmax() ? 0 : 1, largest = *llvm::max_element(row.scores);
    for (double &weight : row.scores)
      if (isSoftmax())
        sum += weight = std::exp(weight - largest);
      else
        weight = weight < 0 ? 0 : weight;
    for (int64_t c = 0; c < width; ++c) {
      double element = 0;
      for (auto [weight, value] : llvm::zip_equal(row.scores, row.values))
        element += weight * value[c * from];
      row.result[c * to] = element / sum;
    }
  });
  return {std::move(result)};
}

/// An error of a score is one of its weight, twice as large for the sum: that, for the largest value. Without softmax
/// it is that of the products.
SmallVector<Tensor> AttentionOp::magnitude(ArrayRef<const Tensor *> operands) {
  Tensor result(getType());
  int64_t width = result.size("c") / getHeads(), from = operands[2]->stride("c"), to = result.stride("c");
  forEachRow(*this, operands, result, true, [&](Row &row) {
    double score = *llvm::max_element(row.scores);
    for (int64_t c = 0; c < width; ++c) {
      double largest = 0, sum = 0;
      for (auto [weight, value] : llvm::zip_equal(row.scores, row.values)) {
        largest = std::fmax(largest, value[c * from]);
        sum += weight * value[c * from];
      }
      row.result[c * to] = isSoftmax() ? (1 + 2 * score) * largest : sum;
    }
  });
  return {std::move(result)};
}

double AttentionOp::getFlops() {
  double scores = double(countPlaces(batchOf(getType(), getQueries()))) * countQueries() * countKeys();
  return 2 * scores * (axisSize(getQuery().getType(), "c") + axisSize(getType(), "c"));
}
