#include "compiler/host/CheckProgram.h"
#include "compiler/host/Model.h"
#include "dialect/Axes.h"
#include "dialect/ImageRule.h"
#include "runtime/abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace fovea;

static bool isIdentifier(llvm::StringRef name) {
  return !name.empty() && !llvm::isDigit(name[0]) &&
         llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

static LogicalResult checkTensors(kern::ProgramOp program, ArrayAttr tensors, llvm::StringSet<> &names) {
  for (Attribute tensor : tensors) {
    auto entry = cast<DictionaryAttr>(tensor);
    auto name = entry.getAs<StringAttr>("name");
    auto type = entry.getAs<TypeAttr>("type");
    bool isImage = type && hvn::isImage(type.getValue()) && tensors == program.getInputs();
    if (!name || !type || !(isImage || hvn::isAxisTensor(type.getValue())))
      return program.emitOpError()
             << "expected inputs and outputs with a name and an f32 tensor on named axes as type, "
                "found "
             << tensor;
    if (!isIdentifier(name))
      return program.emitOpError() << "the name " << name << " is no identifier of C";
    if (!names.insert(name).second)
      return program.emitOpError() << "has two inputs or outputs called " << name;
  }
  return success();
}

/// The input or output behind `buffer`.
static LogicalResult checkTensorBuffer(kern::BufferOp buffer, ArrayAttr attribute, int64_t batch) {
  std::vector<ProgramTensor> tensors = programTensors(attribute);
  if (buffer.getAt() >= tensors.size())
    return buffer.emitOpError() << "is number " << int64_t(buffer.getAt()) << " of " << tensors.size();
  RankedTensorType type = tensors[buffer.getAt()].type;
  if (hvn::isImage(type))
    return buffer.emitOpError() << "is an image, which only kern.image reads";
  if (buffer.getType().getNumElements() * batch != type.getNumElements())
    return buffer.emitOpError() << "has not the size of its tensor, " << type;
  return success();
}

static LogicalResult checkPlace(kern::BufferOp buffer, int64_t available) {
  int64_t at = buffer.getAt(), bytes, end;
  int64_t size = buffer.getType().getElementTypeBitWidth() / 8;
  if (llvm::MulOverflow<int64_t>(buffer.getType().getNumElements(), size, bytes) || llvm::AddOverflow(at, bytes, end) ||
      at < 0 || end > available)
    return buffer.emitOpError() << "does not lie within the " << available << " bytes that there are";
  if (at % FOVEA_ALIGNMENT)
    return buffer.emitOpError() << "is not at a multiple of " << FOVEA_ALIGNMENT << " bytes";
  return success();
}

static LogicalResult checkBuffer(kern::ProgramOp program, kern::BufferOp buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  bool ours = buffer.getSpace() == kern::Space::Weights || buffer.getSpace() == kern::Space::Arena;
  bool fits = ours ? isa<Float32Type, BFloat16Type, Float16Type>(type.getElementType()) : type.getElementType().isF32();
  if (!fits || !type.getLayout().isIdentity())
    return buffer.emitOpError() << "expected dense f32" << (ours ? ", bf16 or f16" : "") << ", found " << type;
  switch (buffer.getSpace()) {
  case kern::Space::Input:
    return checkTensorBuffer(buffer, program.getInputs(), programBatch(program));
  case kern::Space::Output:
    return checkTensorBuffer(buffer, program.getOutputs(), programBatch(program));
  case kern::Space::Weights:
    return checkPlace(buffer, program.getWeightBytes());
  case kern::Space::Arena:
    return checkPlace(buffer, program.getArenaBytes());
  }
  llvm_unreachable("a space that is none");
}

static LogicalResult checkImage(kern::ProgramOp program, kern::ImageOp op) {
  std::vector<ProgramTensor> inputs = programTensors(program.getInputs());
  if (op.getInput() >= inputs.size() || !hvn::isImage(inputs[op.getInput()].type))
    return op.emitOpError() << "reads input " << int64_t(op.getInput()) << ", which is no image";
  auto plan =
      hvn::ImageRule::of(op).plan(inputs[op.getInput()].type, [&](llvm::StringRef) { return op.emitOpError(); });
  if (failed(plan))
    return failure();
  if (llvm::ArrayRef<int64_t> shape = op.getResult().getType().getShape();
      shape != llvm::ArrayRef<int64_t>{1, plan->size[0], plan->size[1], 3})
    return op.emitOpError() << "expected a result of 1 x " << plan->size[0] << " x " << plan->size[1] << " x 3";
  if (hvn::byteSize(op.getScratch().getType()) < fovea_image_scratch_bytes(&*plan))
    return op.emitOpError() << "needs " << fovea_image_scratch_bytes(&*plan) << " bytes of scratch memory";
  return success();
}

LogicalResult fovea::checkProgram(kern::ProgramOp program) {
  llvm::StringSet<> names;
  if (failed(checkTensors(program, program.getInputs(), names)) ||
      failed(checkTensors(program, program.getOutputs(), names)))
    return failure();
  for (auto [what, bytes] : {std::pair("arena", program.getArenaBytes()), {"weights", program.getWeightBytes()}})
    if (int64_t(bytes) < 0)
      return program.emitOpError() << "has " << what << " of " << int64_t(bytes) << " bytes";
  for (Operation &op : program.getBody().front()) {
    auto buffer = dyn_cast<kern::BufferOp>(op);
    auto image = dyn_cast<kern::ImageOp>(op);
    if (!buffer && !image && !isa<kern::LaunchOp>(op))
      return op.emitOpError() << "cannot stand in a kern.program; expected kern.buffer, kern.image or kern.launch";
    if (image && failed(checkImage(program, image)))
      return failure();
    if (buffer && failed(checkBuffer(program, buffer)))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Several sizes
//===----------------------------------------------------------------------===//

/// Whether two programs have the same inputs or outputs but for their shapes.
static bool areAlike(ArrayAttr left, ArrayAttr right) {
  return llvm::equal(programTensors(left), programTensors(right), [](const auto &one, const auto &other) {
    return one.name == other.name && hvn::getAxes(one.type) == hvn::getAxes(other.type);
  });
}

/// Checks `program` beside one of a smaller size.
static LogicalResult checkBeside(kern::ProgramOp program, kern::ProgramOp other) {
  if (!programSize(program) || !programSize(other) || *programSize(program) <= *programSize(other))
    return program.emitOpError() << "expected one program, or several with ascending attributes 'size'";
  if (program.getSymName() != (libraryName(other) + sizeSuffix(program)).str())
    return program.emitOpError() << "expected the name " << (libraryName(other) + sizeSuffix(program)).str()
                                 << ", as another program is called " << other.getSymName();
  auto differ = [&](llvm::StringRef what) {
    return program.emitOpError() << "and " << other.getSymName() << " have different " << what;
  };
  if (!areAlike(program.getInputs(), other.getInputs()) || !areAlike(program.getOutputs(), other.getOutputs()))
    return differ("inputs and outputs, not just of other shapes");
  if (program.getInputs() == other.getInputs())
    return program.emitOpError() << "and " << other.getSymName()
                                 << " have inputs of the same shapes, by which none can be chosen";
  if (program.getWeightBytes() != other.getWeightBytes())
    return differ("bytes of weights");
  if (program->getAttr("targets") != other->getAttr("targets"))
    return differ("targets");
  return success();
}

LogicalResult fovea::checkPrograms(ModuleOp module) {
  auto programs = llvm::to_vector(module.getOps<kern::ProgramOp>());
  if (programs.empty())
    return module.emitError("expected a kern.program in the module");
  for (auto [number, program] : llvm::enumerate(programs)) {
    if (failed(checkProgram(program)))
      return failure();
    for (kern::ProgramOp other : ArrayRef(programs).take_front(number))
      if (failed(checkBeside(program, other)))
        return failure();
  }
  return success();
}
