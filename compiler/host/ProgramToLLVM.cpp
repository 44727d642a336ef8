#include "compiler/host/CheckProgram.h"
#include "compiler/host/Model.h"
#include "compiler/host/Passes.h"
#include "dialect/Axes.h"
#include "runtime/model.h"

namespace fovea {
#define GEN_PASS_DEF_CONVERTPROGRAMTOLLVMPASS
#include "compiler/host/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

namespace {

constexpr llvm::StringLiteral runSymbol = "fovea_program_run", imageSymbol = "fovea_program_image",
                              modelSymbol = "fovea_program_model", weightsSymbol = "fovea_weights";

/// Declares or defines functions; all but the exported ones are hidden, which lets the linker bind calls directly.
LLVM::LLVMFuncOp addFunction(OpBuilder &builder, Location location, llvm::StringRef name, Type result,
                             ArrayRef<Type> arguments, LLVM::Visibility visibility = LLVM::Visibility::Hidden,
                             LLVM::Linkage linkage = LLVM::Linkage::External) {
  auto function = LLVM::LLVMFuncOp::create(builder, location, name, LLVM::LLVMFunctionType::get(result, arguments),
                                           linkage, /*dsoLocal=*/visibility == LLVM::Visibility::Hidden);
  if (linkage == LLVM::Linkage::External)
    function.setVisibility_(visibility);
  return function;
}

/// Writes the function that calls the kernels of one size for one target.
class RunEmitter {
public:
  RunEmitter(kern::ProgramOp program, llvm::StringRef suffix, Constants &constants, OpBuilder &builder)
      : program(program), suffix(suffix), constants(constants), builder(builder), location(program.getLoc()),
        pointer(LLVM::LLVMPointerType::get(builder.getContext())), i32(builder.getI32Type()),
        i64(builder.getI64Type()) {
    Type i8 = builder.getI8Type(), i16 = builder.getIntegerType(16);
    auto structOf = [&](ArrayRef<Type> types) { return LLVM::LLVMStructType::getLiteral(builder.getContext(), types); };
    // halide_buffer_t: device, device_interface, host, flags, type {code, bits, lanes}, dimensions, dim, padding.
    bufferType = structOf({i64, pointer, pointer, i64, structOf({i8, i8, i16}), i32, pointer, pointer});
  }

  void emit(LLVM::LLVMFuncOp run) {
    Block *entry = run.addEntryBlock(builder);
    failed = &run.getBody().emplaceBlock();
    failed->addArgument(i32, location);
    builder.setInsertionPointToStart(entry);
    worker = entry->getArgument(0);
    makeSlots();
    for (kern::BufferOp buffer : program.getBody().getOps<kern::BufferOp>())
      places[buffer] = emitPlace(buffer, entry);
    loadSteps(entry);
    int32_t step = 0;
    for (Operation &op : program.getBody().front())
      if (auto launch = dyn_cast<kern::LaunchOp>(op))
        emitLaunch(launch, step++);
      else if (auto image = dyn_cast<kern::ImageOp>(op))
        emitImage(image, entry, step++);
    LLVM::ReturnOp::create(builder, location, integer(i32, 0));
    builder.setInsertionPointToStart(failed);
    LLVM::ReturnOp::create(builder, location, failed->getArgument(0));
  }

private:
  static constexpr int64_t mostAxes = 16; ///< of a tensor
  enum BufferField { deviceField, interfaceField, hostField, flagsField, typeField, dimensionsField, dimField };

  Value integer(Type type, int64_t value) {
    return LLVM::ConstantOp::create(builder, location, type, builder.getIntegerAttr(type, value));
  }

  void store(Value slot, ArrayRef<LLVM::GEPArg> field, Value value) {
    SmallVector<LLVM::GEPArg> path{0};
    llvm::append_range(path, field);
    LLVM::StoreOp::create(builder, location, value,
                          LLVM::GEPOp::create(builder, location, pointer, bufferType, slot, path));
  }

  /// Structs for as many buffers as the largest launch has, used by every launch in turn. What never changes is stored
  /// here: no device, no flags, and f32 as type, which kernels without assertions do not look at.
  void makeSlots() {
    size_t most = 0;
    for (kern::LaunchOp launch : program.getBody().getOps<kern::LaunchOp>())
      most = std::max<size_t>(most, launch.getNumOperands());
    Value one = integer(i64, 1), zero = LLVM::ZeroOp::create(builder, location, bufferType);
    for (size_t slot = 0; slot < most; ++slot) {
      slots.push_back(LLVM::AllocaOp::create(builder, location, pointer, bufferType, one));
      if (!programBounds(program).empty())
        dimensions.push_back(LLVM::AllocaOp::create(builder, location, pointer, i32, integer(i64, 4 * mostAxes)));
      LLVM::StoreOp::create(builder, location, zero, slots.back());
      constexpr int64_t floatCode = 2; // halide_type_float
      store(slots.back(), {typeField, 0}, integer(builder.getI8Type(), floatCode));
      store(slots.back(), {typeField, 1}, integer(builder.getI8Type(), 32));
      store(slots.back(), {typeField, 2}, integer(builder.getIntegerType(16), 1));
    }
  }

  /// Element `number` of an array of addresses, or of another type.
  Value emitElement(Value table, int64_t number, Type type = {}) {
    type = type ? type : pointer;
    return LLVM::LoadOp::create(
        builder, location, type,
        LLVM::GEPOp::create(builder, location, pointer, type, table, LLVM::GEPArg(int32_t(number))));
  }

  /// The numbers of steps of bounded sizes, to which the pointer behind that of the weights goes.
  void loadSteps(Block *entry) {
    size_t count = programBounds(program).size();
    if (count == 0)
      return;
    Value table = emitElement(entry->getArgument(2), program.getInputs().size() + 1);
    for (size_t number = 0; number < count; ++number)
      steps.push_back(emitElement(table, number, i32));
  }

  /// The address of a buffer.
  Value emitPlace(kern::BufferOp buffer, Block *entry) {
    auto offset = [&](Value base) -> Value { // as a value, for a constant argument of GEPOp has 29 bits
      return LLVM::GEPOp::create(builder, location, pointer, builder.getI8Type(), base,
                                 LLVM::GEPArg(integer(i64, buffer.getAt())));
    };
    switch (buffer.getSpace()) {
    case kern::Space::Input:
      return emitElement(entry->getArgument(2), buffer.getAt());
    case kern::Space::Output:
      return emitElement(entry->getArgument(3), buffer.getAt());
    case kern::Space::Arena:
      return offset(entry->getArgument(1));
    case kern::Space::Weights:
      return offset(weightsIdentity(program)
                        ? emitElement(entry->getArgument(2), program.getInputs().size())
                        : LLVM::AddressOfOp::create(builder, location, pointer, weightsSymbol).getResult());
    }
    llvm_unreachable("a space that is none");
  }

  /// The constant with the halide_dimension_t {min, extent, stride, flags} of each axis, innermost first.
  Value dimensionsOf(MemRefType type) {
    SmallVector<int64_t> dimensions;
    int64_t stride = 1;
    for (int64_t size : llvm::reverse(type.getShape())) {
      dimensions.append({0, size, stride, 0});
      stride *= size;
    }
    std::string symbol = std::get<std::string>(constants.integers(32, dimensions).value);
    if (symbol.empty())
      return LLVM::ZeroOp::create(builder, location, pointer);
    return LLVM::AddressOfOp::create(builder, location, pointer, symbol);
  }

  /// The value of `expr`, whose symbols are `steps`.
  Value emitExtent(AffineExpr expr) {
    if (auto constant = dyn_cast<AffineConstantExpr>(expr))
      return integer(i32, constant.getValue());
    if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
      return steps[symbol.getPosition()];
    auto binary = cast<AffineBinaryOpExpr>(expr);
    Value lhs = emitExtent(binary.getLHS()), rhs = emitExtent(binary.getRHS());
    if (expr.getKind() == AffineExprKind::Add)
      return LLVM::AddOp::create(builder, location, lhs, rhs);
    return LLVM::MulOp::create(builder, location, lhs, rhs);
  }

  /// The same as dimensionsOf for a tensor of `kernel`, some of whose axes are as long as the steps say: written to
  /// `table`, in memory of this call.
  Value emitDimensions(kern::FuncOp kernel, RankedTensorType type, Value table) {
    Value stride = integer(i32, 1);
    int32_t number = 0;
    auto put = [&](int32_t field, Value value) {
      LLVM::StoreOp::create(
          builder, location, value,
          LLVM::GEPOp::create(builder, location, pointer, i32, table, LLVM::GEPArg(4 * number + field)));
    };
    for (auto [axis, most] : llvm::reverse(llvm::zip_equal(hvn::getAxes(type).getNames(), type.getShape()))) {
      Value extent = integer(i32, most);
      for (auto open : kernel.getExtentsAttr().getAsRange<kern::ExtentAttr>())
        if (open.getAxis() == axis.getValue() && open.getMost() == most)
          extent = emitExtent(open.getNow().getValue().getResult(0));
      put(0, integer(i32, 0));
      put(1, extent);
      put(2, stride);
      put(3, integer(i32, 0));
      stride = LLVM::MulOp::create(builder, location, stride, extent);
      ++number;
    }
    return table;
  }

  void emitLaunch(kern::LaunchOp launch, int32_t step) {
    location = launch.getLoc();
    SmallVector<Value> arguments{worker};
    auto kernel = SymbolTable::lookupNearestSymbolFrom<kern::FuncOp>(launch, launch.getCalleeAttr());
    if (kernel.getSteps())
      llvm::append_range(arguments, steps);
    SmallVector<Type> types(kernel.getArgumentTypes());
    llvm::append_range(types, kernel.getResultTypes());
    for (auto [number, buffer] : llvm::enumerate(launch->getOperands())) {
      auto type = cast<MemRefType>(buffer.getType());
      Value slot = slots[number];
      store(slot, {hostField}, places.lookup(buffer));
      store(slot, {dimensionsField}, integer(i32, type.getRank()));
      store(slot, {dimField},
            kernel.getSteps() ? emitDimensions(kernel, cast<RankedTensorType>(types[number]), dimensions[number])
                              : dimensionsOf(type));
      arguments.push_back(slot);
    }
    endStep(LLVM::CallOp::create(builder, location, i32, (launch.getCallee() + suffix).str(), arguments).getResult(),
            step);
  }

  void emitImage(kern::ImageOp image, Block *entry, int32_t step) {
    location = image.getLoc();
    fovea_image_plan plan = imagePlan(program, image);
    std::vector<Field> fields;
    for (ArrayRef<int32_t> numbers : {ArrayRef(plan.largest), ArrayRef(plan.size), ArrayRef(plan.resize)})
      for (int32_t number : numbers)
        fields.push_back(constants.integer(32, number));
    for (int32_t number : {plan.radius, plan.swapped})
      fields.push_back(constants.integer(32, number));
    for (ArrayRef<double> numbers : {ArrayRef(plan.mean), ArrayRef(plan.deviation)})
      for (double number : numbers)
        fields.push_back(constants.real(number));
    auto symbol = std::get<std::string>(constants.structs(std::vector{fields}).value);
    Value arguments[] = {LLVM::AddressOfOp::create(builder, location, pointer, symbol),
                         emitElement(entry->getArgument(2), image.getInput()), places.lookup(image.getResult()),
                         places.lookup(image.getScratch())};
    endStep(LLVM::CallOp::create(builder, location, i32, "fovea_read_image", arguments).getResult(), step);
  }

  /// Leaves with `code` unless it is 0, and says that the step has ended.
  void endStep(Value code, int32_t step) {
    Value isFailure = LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::ne, code, integer(i32, 0));
    Block *next = builder.createBlock(failed);
    builder.setInsertionPointAfterValue(isFailure);
    LLVM::CondBrOp::create(builder, location, isFailure, failed, ValueRange{code}, next, ValueRange{});
    builder.setInsertionPointToStart(next);
    LLVM::CallOp::create(builder, location, TypeRange(), "fovea_mark", ValueRange{worker, integer(i32, step)});
  }

  kern::ProgramOp program;
  llvm::StringRef suffix; ///< of the kernels' names
  Constants &constants;
  OpBuilder &builder;
  Location location;
  Type pointer, i32, i64, bufferType;
  Value worker;
  Block *failed = nullptr; ///< returns its argument
  SmallVector<Value> slots, dimensions, steps;
  DenseMap<Value, Value> places;
};

/// Writes the function that calls `image`, the function of one image, for each image of a run: what `run` gets for
/// inputs and outputs is the first.
void emitBatch(kern::ProgramOp program, LLVM::LLVMFuncOp run, LLVM::LLVMFuncOp image, OpBuilder &builder) {
  Location location = program.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext()), i32 = builder.getI32Type(),
       i64 = builder.getI64Type();
  Block *entry = run.addEntryBlock(builder);
  Block *loop = &run.getBody().emplaceBlock(), *next = &run.getBody().emplaceBlock(),
        *end = &run.getBody().emplaceBlock();
  Value number = loop->addArgument(i64, location), result = end->addArgument(i32, location);
  auto integer = [&](int64_t value) -> Value {
    return LLVM::ConstantOp::create(builder, location, i64, builder.getI64IntegerAttr(value));
  };
  auto element = [&](Value table, int64_t place) -> Value {
    return LLVM::GEPOp::create(builder, location, pointer, pointer, table, LLVM::GEPArg(int32_t(place)));
  };

  builder.setInsertionPointToStart(entry);
  std::vector<ProgramTensor> tensors[] = {programTensors(program.getInputs()), programTensors(program.getOutputs())};
  Value tables[2];
  for (int kind : {0, 1})
    tables[kind] = LLVM::AllocaOp::create(builder, location, pointer, pointer, integer(tensors[kind].size() + 1));
  if (weightsIdentity(program)) { // they stand behind the inputs
    size_t behind = tensors[0].size();
    Value weights = LLVM::LoadOp::create(builder, location, pointer, element(entry->getArgument(2), behind));
    LLVM::StoreOp::create(builder, location, weights, element(tables[0], behind));
  }
  LLVM::BrOp::create(builder, location, ValueRange{integer(0)}, loop);

  builder.setInsertionPointToStart(loop);
  for (int kind : {0, 1})
    for (auto [place, tensor] : llvm::enumerate(tensors[kind])) {
      Value first = LLVM::LoadOp::create(builder, location, pointer, element(entry->getArgument(2 + kind), place));
      Value offset = LLVM::MulOp::create(builder, location, number, integer(tensor.bytes() / programBatch(program)));
      Value at = LLVM::GEPOp::create(builder, location, pointer, builder.getI8Type(), first, LLVM::GEPArg(offset));
      LLVM::StoreOp::create(builder, location, at, element(tables[kind], place));
    }
  Value code = LLVM::CallOp::create(builder, location, image,
                                    ValueRange{entry->getArgument(0), entry->getArgument(1), tables[0], tables[1]})
                   .getResult();
  Value zero = LLVM::ZeroOp::create(builder, location, i32);
  Value failed = LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::ne, code, zero);
  LLVM::CondBrOp::create(builder, location, failed, end, ValueRange{code}, next, ValueRange{});

  builder.setInsertionPointToStart(next);
  Value following = LLVM::AddOp::create(builder, location, number, integer(1));
  Value more =
      LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::ult, following, integer(programBatch(program)));
  LLVM::CondBrOp::create(builder, location, more, loop, ValueRange{following}, end, ValueRange{code});

  builder.setInsertionPointToStart(end);
  LLVM::ReturnOp::create(builder, location, result);
}

/// The exported functions: each calls the runtime's function of the same suffix.
void addEntryPoints(OpBuilder &builder, kern::ProgramOp program, bool hasSizes) {
  MLIRContext *context = builder.getContext();
  Location location = program.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(context), i32 = builder.getI32Type(),
       none = LLVM::LLVMVoidType::get(context);
  struct EntryPoint {
    llvm::StringRef suffix;
    Type result;
    unsigned arguments;
    bool takesModel;
  };
  bool bounded = !programBounds(program).empty(), shaped = hasSizes || bounded;
  std::vector<EntryPoint> entryPoints{{"create", i32, 2, true},
                                      {shaped ? "run_shaped" : "run", i32, shaped ? 4u : 3u, false},
                                      {"profile", i32, 2, false},
                                      {"destroy", none, 1, false},
                                      {"last_error", pointer, 0, false}};
  if (bounded)
    entryPoints.push_back({"output_shapes", i32, 2, true});
  auto define = [&](llvm::StringRef suffix, Type result, unsigned arguments) {
    builder.setInsertionPointToEnd(program->getParentOfType<ModuleOp>().getBody());
    auto function = addFunction(builder, location, (libraryName(program) + "_" + suffix).str(), result,
                                SmallVector<Type>(arguments, pointer), LLVM::Visibility::Default);
    builder.setInsertionPointToStart(function.addEntryBlock(builder));
    return function;
  };

  define("describe", pointer, 0);
  LLVM::ReturnOp::create(builder, location, LLVM::AddressOfOp::create(builder, location, pointer, modelSymbol));
  for (const EntryPoint &entry : entryPoints) {
    builder.setInsertionPointToEnd(program->getParentOfType<ModuleOp>().getBody());
    auto target = addFunction(builder, location, ("fovea_" + entry.suffix).str(), entry.result,
                              SmallVector<Type>(entry.arguments + entry.takesModel, pointer));
    auto function = define(entry.suffix, entry.result, entry.arguments);
    SmallVector<Value> operands;
    if (entry.takesModel)
      operands.push_back(LLVM::AddressOfOp::create(builder, location, pointer, modelSymbol));
    llvm::append_range(operands, function.getArguments());
    auto call = LLVM::CallOp::create(builder, location, target, operands);
    LLVM::ReturnOp::create(builder, location, call.getResults());
  }
}

struct ConvertProgramToLLVM : fovea::impl::ConvertProgramToLLVMPassBase<ConvertProgramToLLVM> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto programs = llvm::to_vector(module.getOps<kern::ProgramOp>());
    if (failed(checkPrograms(module)))
      return signalPassFailure();
    kern::ProgramOp first = programs.front();
    auto old = llvm::map_to_vector(*module.getBody(), [](Operation &op) { return &op; });
    auto kernels = llvm::to_vector(module.getOps<kern::FuncOp>());

    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    Constants constants(module);
    defineModel(constants, modelSymbol, programs, runSymbol);
    // While both exist, kernel and declaration share a name; a symbol table is only consulted by the verifier, later.
    Type pointer = LLVM::LLVMPointerType::get(&getContext()), i32 = builder.getI32Type();
    std::vector<ProgramTarget> targets = programTargets(first);
    for (const ProgramTarget &target : targets)
      for (kern::FuncOp kernel : kernels) {
        SmallVector<Type> types{pointer};
        types.append(kernel.getSteps() ? kernel.getSteps()->size() : 0, i32);
        types.append(kernel.getArgumentTypes().size() + kernel.getResultTypes().size(), pointer);
        addFunction(builder, kernel.getLoc(), (kernel.getSymName() + target.suffix).str(), i32, types);
      }
    addFunction(builder, first.getLoc(), "fovea_mark", LLVM::LLVMVoidType::get(&getContext()), {pointer, i32});
    auto declareBytes = [&](llvm::StringRef symbol, int64_t bytes, unsigned alignment) {
      auto global = LLVM::GlobalOp::create(
          builder, first.getLoc(), LLVM::LLVMArrayType::get(builder.getI8Type(), bytes), /*isConstant=*/true,
          LLVM::Linkage::External, symbol, Attribute(), alignment, /*addrSpace=*/0, /*dsoLocal=*/true);
      global.setVisibility_(LLVM::Visibility::Hidden);
    };
    declareBytes(weightsSymbol, first.getWeightBytes(), FOVEA_ALIGNMENT);
    declareBytes("fovea_notices", 0, 1);
    if (weightsIdentity(first))
      for (llvm::StringRef function : {"fovea_map_weights", "fovea_unmap_weights"})
        declareBytes(function, 0, 1); // only its address is of interest
    if (takesImages(first)) {
      addFunction(builder, first.getLoc(), "fovea_read_image", i32, {pointer, pointer, pointer, pointer});
      declareBytes("fovea_check_image", 0, 1);
    }
    for (kern::ProgramOp program : programs)
      for (const ProgramTarget &target : targets) {
        auto add = [&](llvm::StringRef name) {
          builder.setInsertionPointToEnd(module.getBody());
          return addFunction(builder, program.getLoc(), (name + sizeSuffix(program) + target.suffix).str(), i32,
                             {pointer, pointer, pointer, pointer}, LLVM::Visibility::Hidden, LLVM::Linkage::Internal);
        };
        bool isBatch = programBatch(program) > 1;
        LLVM::LLVMFuncOp image = add(isBatch ? imageSymbol : runSymbol);
        RunEmitter(program, target.suffix, constants, builder).emit(image);
        if (isBatch)
          emitBatch(program, add(runSymbol), image, builder);
      }
    addEntryPoints(builder, first, /*hasSizes=*/programs.size() > 1);
    for (Operation *op : llvm::reverse(old))
      op->erase();
    module->removeAttr("hvn.ignore"); // the weights have been matched by now
  }
};

} // namespace
