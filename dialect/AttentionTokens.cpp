#include "dialect/AttentionTokens.h"

using namespace mlir;
using namespace fovea::hvn;

Places fovea::hvn::placesOf(Type type, AxesAttr axes) {
  Places places;
  for (StringAttr axis : axes.getNames())
    places.emplace_back(axis.getValue(), axisSize(type, axis));
  return places;
}

Places fovea::hvn::batchOf(Type type, AxesAttr tokens) {
  Places places;
  for (StringAttr axis : getAxes(type).getNames())
    if (axis != "c" && tokens.find(axis) < 0)
      places.emplace_back(axis.getValue(), axisSize(type, axis));
  return places;
}

int64_t fovea::hvn::countPlaces(const Places &places) {
  int64_t count = 1;
  for (auto [axis, size] : places)
    count *= size;
  return count;
}

SmallVector<int64_t> fovea::hvn::offsetsOf(const Tensor &tensor, const Places &places) {
  SmallVector<int64_t> offsets{0};
  for (auto [axis, size] : places) {
    SmallVector<int64_t> next;
    next.reserve(offsets.size() * size);
    for (int64_t offset : offsets)
      for (int64_t i = 0; i < size; ++i)
        next.push_back(offset + i * tensor.stride(axis));
    offsets = std::move(next);
  }
  return offsets;
}

/// The batch in an order that does not depend on the memory's.
static Places sortedBatch(Type type, AxesAttr tokens) {
  Places batch = batchOf(type, tokens);
  llvm::sort(batch);
  return batch;
}

LogicalResult fovea::hvn::checkTokens(std::optional<Location> location, StringRef layer, Type query, Type key,
                                      Type value, AxesAttr queries, AxesAttr keys, int64_t heads) {
  struct Operand {
    StringRef name;
    Type type;
    AxesAttr tokens;
  };
  Operand operands[] = {{"queries", query, queries}, {"keys", key, keys}, {"values", value, keys}};
  for (auto [name, type, tokens] : operands) { // C1
    if (tokens.getNames().empty())
      return emitOptionalError(location, layer, " needs ", name, " with tokens beside c and the batch; found ",
                               spell(type));
    bool hasAll = getAxes(type).find("c") >= 0 && tokens.find("c") < 0;
    for (StringAttr axis : tokens.getNames())
      hasAll &= getAxes(type).find(axis) >= 0;
    if (!hasAll)
      return emitOptionalError(location, layer, " needs ", name, " with the axis c and tokens on ", tokens, "; found ",
                               getAxes(type));
  }
  for (auto [name, type, tokens] : operands) // C2
    if (sortedBatch(type, tokens) != sortedBatch(query, queries))
      return emitOptionalError(location, "expected ", name, " with the batch axes of the queries, which are ",
                               spell(query), " with tokens on ", queries, "; found ", spell(type));
  if (placesOf(key, keys) != placesOf(value, keys)) // C3
    return emitOptionalError(location, "keys and values must have the same tokens, found ", spell(key), " and ",
                             spell(value));
  if (axisSize(query, "c") != axisSize(key, "c"))
    return emitOptionalError(location, "queries and keys must have the same channels, found ", axisSize(query, "c"),
                             " and ", axisSize(key, "c"));
  if (heads < 1 || axisSize(query, "c") % heads || axisSize(value, "c") % heads) // C4
    return emitOptionalError(location, "heads must divide ", axisSize(query, "c"), " channels of queries and ",
                             axisSize(value, "c"), " of values, found ", heads);
  return success();
}

/// The axes of `type` but `batch` and c, as written.
static AxesAttr tokensOf(RankedTensorType type, ArrayRef<std::string> batch) {
  SmallVector<StringRef> tokens;
  for (StringAttr axis : getAxes(type).getNames())
    if (axis != "c" && !llvm::is_contained(batch, axis.getValue()))
      tokens.push_back(axis);
  return AxesAttr::get(type.getContext(), tokens);
}

LogicalResult fovea::hvn::resolveTokens(const LayerCall &call, ResolvedLayer &layer) {
  ArrayRef<std::string> batch = call.getAxes("batch");
  for (StringRef axis : batch)
    for (StringRef name : {"query", "key", "value"})
      if (axis == "c" || getAxes(call.getTensor(name)).find(axis) < 0)
        return call.emitError("batch") << "the batch axis '" << axis << "' must be one of '" << name
                                       << "' and not its channels; it has " << getAxes(call.getTensor(name));
  RankedTensorType query = call.getTensor("query"), value = call.getTensor("value");
  int64_t heads = call.getInteger("heads");
  if (heads < 1 || axisSize(query, "c") % heads || axisSize(value, "c") % heads)
    return call.emitError("heads") << "heads must divide " << axisSize(query, "c") << " channels of queries and "
                                   << axisSize(value, "c") << " of values, found " << heads;
  layer.attributes.set("heads", Builder(call.context).getI64IntegerAttr(heads));
  layer.attributes.set("queries", tokensOf(query, batch));
  layer.attributes.set("keys", tokensOf(call.getTensor("key"), batch));
  return success();
}
