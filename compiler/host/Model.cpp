#include "compiler/host/Model.h"
#include "dialect/Axes.h"
#include "dialect/ImageRule.h"
#include "dialect/LayerNames.h"
#include "runtime/abi.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace fovea;

llvm::StringRef ProgramTensor::elementName() const {
  if (hvn::isImage(type))
    return "image";
  assert(type.getElementType().isF32() && "the only element type of hvn so far");
  return "f32";
}

uint64_t ProgramTensor::bytes() const {
  return hvn::isImage(type) ? sizeof(fovea_image) : uint64_t(hvn::byteSize(type));
}

std::vector<ProgramTensor> fovea::programTensors(ArrayAttr attribute) {
  std::vector<ProgramTensor> tensors;
  for (auto entry : attribute.getAsRange<DictionaryAttr>())
    tensors.push_back(
        {entry.getAs<StringAttr>("name").getValue(), cast<RankedTensorType>(entry.getAs<TypeAttr>("type").getValue())});
  return tensors;
}

bool fovea::takesImages(kern::ProgramOp program) {
  return llvm::any_of(programTensors(program.getInputs()),
                      [](const ProgramTensor &tensor) { return hvn::isImage(tensor.type); });
}

fovea_image_plan fovea::imagePlan(kern::ProgramOp program, kern::ImageOp op) {
  RankedTensorType type = programTensors(program.getInputs())[op.getInput()].type;
  return *hvn::ImageRule::of(op).plan(type, [&](StringRef) { return op.emitOpError(); });
}

std::string fovea::layerName(Location location) { return llvm::join(layerNamesIn(location), " + "); }

static Field defineTensors(Constants &constants, ArrayAttr attribute) {
  std::vector<std::vector<Field>> rows;
  for (const ProgramTensor &tensor : programTensors(attribute)) {
    std::vector<std::vector<Field>> axes;
    for (llvm::StringRef axis : hvn::getAxes(tensor.type).getNames())
      axes.push_back({constants.text(axis)});
    rows.push_back({constants.text(tensor.name), constants.text(tensor.elementName()),
                    constants.integer(32, tensor.type.getRank()), constants.integers(64, tensor.type.getShape()),
                    constants.structs(axes), constants.integer(64, tensor.bytes())});
  }
  return constants.structs(rows);
}

/// The length of each axis of each tensor as coefficients; no address without bounds.
static Field defineExtents(Constants &constants, kern::ProgramOp program) {
  std::vector<std::vector<Field>> rows;
  for (ArrayAttr tensors : {program.getInputs(), program.getOutputs()})
    for (auto entry : tensors.getAsRange<DictionaryAttr>()) {
      SmallVector<int64_t> all;
      if (auto maps = entry.getAs<ArrayAttr>("extents"))
        for (auto map : maps.getAsRange<AffineMapAttr>())
          llvm::append_range(all, coefficientsOf(map.getValue()));
      rows.push_back({constants.integers(64, all)});
    }
  return programBounds(program).empty() ? constants.address("") : constants.structs(rows);
}

static Field defineBounds(Constants &constants, kern::ProgramOp program) {
  std::vector<std::vector<Field>> rows;
  for (const auto &[size, input, axis] : programBounds(program))
    rows.push_back({constants.text(size.name), constants.integer(64, size.least), constants.integer(64, size.most),
                    constants.integer(64, size.step), constants.integer(32, input), constants.integer(32, axis)});
  return constants.structs(rows);
}

static Field defineSteps(Constants &constants, kern::ProgramOp program, int64_t &count) {
  std::vector<std::vector<Field>> rows;
  int64_t batch = programBatch(program);
  for (Operation &op : program.getBody().front()) {
    if (auto image = dyn_cast<kern::ImageOp>(op)) {
      int64_t bytes = hvn::byteSize(image.getResult().getType());
      rows.push_back({constants.text("image"), constants.text(layerName(op.getLoc())), constants.real(0),
                      constants.integer(64, bytes)});
    }
    auto launch = dyn_cast<kern::LaunchOp>(op);
    if (!launch)
      continue;
    auto kernel = SymbolTable::lookupNearestSymbolFrom<kern::FuncOp>(launch, launch.getCalleeAttr());
    std::string layer = layerName(launch.getLoc());
    rows.push_back({constants.text(launch.getCallee()), constants.text(layer.empty() ? launch.getCallee() : layer),
                    constants.real(kernel.getFlops() * batch), constants.integer(64, kernel.getBytes() * batch)});
  }
  count = rows.size();
  return constants.structs(rows);
}

/// The first axis of an input whose length is size number `number`.
static ProgramBound findBound(kern::ProgramOp program, ArrayRef<BoundedSize> sizes, size_t number) {
  for (auto [input, entry] : llvm::enumerate(program.getInputs().getAsRange<DictionaryAttr>()))
    for (auto [axis, map] : llvm::enumerate(entry.getAs<ArrayAttr>("extents").getAsRange<AffineMapAttr>()))
      if (isLengthOf(map.getValue(), sizes, number))
        return {sizes[number], input, axis};
  llvm_unreachable("a size that is no input's");
}

std::vector<ProgramBound> fovea::programBounds(kern::ProgramOp program) {
  std::vector<ProgramBound> bounds;
  SmallVector<BoundedSize> sizes = boundedSizes(program->getAttrOfType<ArrayAttr>("bounds"));
  for (size_t number = 0; number < sizes.size(); ++number)
    bounds.push_back(findBound(program, sizes, number));
  return bounds;
}

std::optional<int64_t> fovea::programSize(kern::ProgramOp program) {
  auto size = program->getAttrOfType<IntegerAttr>("size");
  return size ? std::optional(size.getInt()) : std::nullopt;
}

int64_t fovea::programBatch(kern::ProgramOp program) {
  auto batch = program->getAttrOfType<IntegerAttr>("batch");
  return batch ? batch.getInt() : 1;
}

std::string fovea::setProgramBatch(kern::ProgramOp program, int64_t batch) {
  Builder builder(program.getContext());
  for (llvm::StringRef kind : {"inputs", "outputs"}) {
    SmallVector<Attribute> tensors;
    for (auto entry : program->getAttrOfType<ArrayAttr>(kind).getAsRange<DictionaryAttr>()) {
      auto type = cast<RankedTensorType>(entry.getAs<TypeAttr>("type").getValue());
      ArrayRef<StringAttr> axes = hvn::getAxes(type).getNames();
      if (axes.empty() || axes.front() != "n" || type.getDimSize(0) != 1)
        return (entry.getAs<StringAttr>("name").getValue() + " is " + hvn::spell(type)).str();
      NamedAttrList changed(entry);
      changed.set("type", TypeAttr::get(hvn::withAxisSize(type, "n", batch)));
      tensors.push_back(changed.getDictionary(program.getContext()));
    }
    program->setAttr(kind, builder.getArrayAttr(tensors));
  }
  program->setAttr("batch", builder.getI64IntegerAttr(batch));
  return "";
}

uint64_t fovea::weightsIdentity(kern::ProgramOp program) {
  auto identity = program->getAttrOfType<IntegerAttr>("weights_identity");
  return identity ? identity.getValue().getZExtValue() : 0;
}

std::string fovea::sizeSuffix(kern::ProgramOp program) {
  std::optional<int64_t> size = programSize(program);
  return size ? "_" + std::to_string(*size) : "";
}

llvm::StringRef fovea::libraryName(kern::ProgramOp program) {
  llvm::StringRef name = program.getSymName();
  name.consume_back(sizeSuffix(program));
  return name;
}

std::vector<ProgramTarget> fovea::programTargets(kern::ProgramOp program) {
  auto entries = program->getAttrOfType<ArrayAttr>("targets");
  if (!entries)
    return {{"", "", 0}};
  std::vector<ProgramTarget> targets;
  for (auto entry : entries.getAsRange<DictionaryAttr>())
    targets.push_back({entry.getAs<StringAttr>("name").getValue(), entry.getAs<StringAttr>("suffix").getValue(),
                       uint64_t(entry.getAs<IntegerAttr>("cpu_features").getInt())});
  return targets;
}

void fovea::setProgramTargets(kern::ProgramOp program, ArrayRef<ProgramTarget> targets) {
  Builder builder(program.getContext());
  SmallVector<Attribute> entries;
  for (const ProgramTarget &target : targets)
    entries.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("name", builder.getStringAttr(target.name)),
         builder.getNamedAttr("suffix", builder.getStringAttr(target.suffix)),
         builder.getNamedAttr("cpu_features", builder.getI64IntegerAttr(target.cpuFeatures))}));
  program->setAttr("targets", builder.getArrayAttr(entries));
}

void fovea::defineModel(Constants &constants, llvm::StringRef symbol, ArrayRef<kern::ProgramOp> programs,
                        llvm::StringRef run) {
  // The most that any of the programs needs.
  auto most = [&](auto need) {
    int64_t result = 0;
    for (kern::ProgramOp program : programs)
      result = std::max<int64_t>(result, need(program));
    return result;
  };
  auto fact = [&](llvm::StringRef name) {
    return most([&](kern::ProgramOp program) {
      auto attribute = program->getAttrOfType<IntegerAttr>(name);
      return attribute ? attribute.getInt() : 0;
    });
  };
  auto aligned = [&](int64_t bytes) { return constants.integer(64, llvm::alignTo(bytes, FOVEA_ALIGNMENT)); };
  kern::ProgramOp last = programs.back();
  std::vector<ProgramTarget> targets = programTargets(last);
  std::vector<std::vector<Field>> targetRows, sizeRows, programRows;
  for (const ProgramTarget &target : targets)
    targetRows.push_back({constants.text(target.name), constants.integer(64, target.cpuFeatures)});
  int64_t steps;
  for (kern::ProgramOp program : programs) {
    Field stepTable = defineSteps(constants, program, steps);
    sizeRows.push_back({constants.integer(64, programSize(program).value_or(0)),
                        defineTensors(constants, program.getInputs()), defineTensors(constants, program.getOutputs()),
                        stepTable, constants.integer(64, steps)});
    for (const ProgramTarget &target : targets)
      programRows.push_back({constants.address((run + sizeSuffix(program) + target.suffix).str())});
  }
  const std::vector<Field> &tables = sizeRows.back();
  std::string names = llvm::join(llvm::map_range(targets, [](auto &target) { return target.name; }), ", ");
  int64_t arena = most([](kern::ProgramOp program) { return program.getArenaBytes(); });
  constants.define(symbol, {constants.integer(32, FOVEA_ABI_VERSION),
                            constants.integer(32, sizeof(fovea_description)),
                            constants.integer(32, last.getInputs().size()),
                            constants.integer(32, last.getOutputs().size()),
                            constants.integer(32, steps),
                            constants.integer(32, targets.size()),
                            constants.text(libraryName(last)),
                            constants.text(names),
                            constants.text(FOVEA_VERSION),
                            tables[1],
                            tables[2],
                            tables[3],
                            aligned(arena),
                            aligned(fact("scratch_bytes")),
                            constants.integer(64, fact("stack_bytes")),
                            constants.integer(64, targets.back().cpuFeatures),
                            constants.structs(targetRows),
                            constants.address("fovea_notices"),
                            constants.structs(sizeRows),
                            constants.integer(64, sizeRows.size()),
                            constants.integer(64, last.getWeightBytes()),
                            constants.integer(64, weightsIdentity(last)),
                            defineBounds(constants, last),
                            constants.integer(64, programBounds(last).size()),
                            constants.structs(programRows),
                            constants.address(weightsIdentity(last) ? "fovea_map_weights" : ""),
                            constants.address(weightsIdentity(last) ? "fovea_unmap_weights" : ""),
                            constants.address(takesImages(last) ? "fovea_check_image" : ""),
                            defineExtents(constants, last)});
}
