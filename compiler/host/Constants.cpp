#include "compiler/host/Constants.h"

using namespace mlir;
using namespace fovea;

Constants::Constants(ModuleOp module)
    : builder(OpBuilder::atBlockEnd(module.getBody())), pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

Field Constants::addData(llvm::StringRef kind, Type type, Attribute value, std::string key) {
  auto [place, isNew] = known.try_emplace(kind.str() + key);
  if (isNew) {
    place->second = ("fovea_" + kind + "_" + llvm::Twine(count++)).str();
    LLVM::GlobalOp::create(builder, builder.getUnknownLoc(), type, /*isConstant=*/true, LLVM::Linkage::Internal,
                           place->second, value);
  }
  return address(place->second);
}

Field Constants::text(llvm::StringRef text) {
  std::string bytes = text.str();
  bytes.push_back('\0');
  return addData("text", LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size()), builder.getStringAttr(bytes),
                 bytes);
}

Field Constants::integers(unsigned bits, llvm::ArrayRef<int64_t> values) {
  if (values.empty())
    return address("");
  SmallVector<APInt> elements;
  std::string key;
  for (int64_t value : values) {
    elements.emplace_back(bits, value, /*isSigned=*/true);
    key += std::to_string(value) + ",";
  }
  Type type = builder.getIntegerType(bits);
  return addData(bits == 32 ? "i32s" : "i64s", LLVM::LLVMArrayType::get(type, values.size()),
                 DenseElementsAttr::get(RankedTensorType::get(values.size(), type), elements), key);
}

Field Constants::structs(llvm::ArrayRef<std::vector<Field>> rows) {
  if (rows.empty())
    return address("");
  std::string symbol = "fovea_table_" + std::to_string(count++);
  bool plain = rows.front().size() == 1;
  auto type = LLVM::LLVMArrayType::get(
      plain ? rows.front().front().type : structType(builder.getContext(), rows.front()), rows.size());
  addGlobal(symbol, type, [&](OpBuilder &inside, Location location) {
    Value array = LLVM::UndefOp::create(inside, location, type);
    for (auto [index, row] : llvm::enumerate(rows)) {
      Value element = plain ? emit(inside, location, row.front()) : emitStruct(inside, location, row);
      array = LLVM::InsertValueOp::create(inside, location, array, element, index);
    }
    return array;
  });
  return address(symbol);
}

void Constants::define(llvm::StringRef symbol, llvm::ArrayRef<Field> fields) {
  addGlobal(symbol, structType(builder.getContext(), fields),
            [&](OpBuilder &inside, Location location) { return emitStruct(inside, location, fields); });
}

Type Constants::structType(MLIRContext *context, llvm::ArrayRef<Field> fields) {
  SmallVector<Type> types;
  for (const Field &field : fields)
    types.push_back(field.type);
  return LLVM::LLVMStructType::getLiteral(context, types);
}

Value Constants::emit(OpBuilder &inside, Location location, const Field &field) {
  if (auto *symbol = std::get_if<std::string>(&field.value)) {
    if (symbol->empty())
      return LLVM::ZeroOp::create(inside, location, pointer);
    return LLVM::AddressOfOp::create(inside, location, pointer, *symbol);
  }
  if (auto *number = std::get_if<double>(&field.value))
    return LLVM::ConstantOp::create(inside, location, field.type, inside.getF64FloatAttr(*number));
  return LLVM::ConstantOp::create(inside, location, field.type,
                                  inside.getIntegerAttr(field.type, std::get<int64_t>(field.value)));
}

Value Constants::emitStruct(OpBuilder &inside, Location location, llvm::ArrayRef<Field> fields) {
  Value result = LLVM::UndefOp::create(inside, location, structType(inside.getContext(), fields));
  for (auto [index, field] : llvm::enumerate(fields))
    result = LLVM::InsertValueOp::create(inside, location, result, emit(inside, location, field), index);
  return result;
}

void Constants::addGlobal(llvm::StringRef symbol, Type type, llvm::function_ref<Value(OpBuilder &, Location)> body) {
  Location location = builder.getUnknownLoc();
  auto global = LLVM::GlobalOp::create(builder, location, type, /*isConstant=*/true, LLVM::Linkage::Internal, symbol,
                                       /*value=*/Attribute());
  OpBuilder inside = OpBuilder::atBlockEnd(&global.getInitializerRegion().emplaceBlock());
  LLVM::ReturnOp::create(inside, location, body(inside, location));
}
