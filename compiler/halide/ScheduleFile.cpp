#include "compiler/halide/ScheduleFile.h"
#include "dialect/LayerNames.h"
#include "dialect/Nearest.h"
#include "dialect/Strategy.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace fovea;

/// On a kernel that was made for one layer: the layer's name.
static constexpr StringLiteral layerAttribute = "kern.layer";

std::string fovea::signatureOf(kern::FuncOp kernel) {
  OwningOpRef<kern::FuncOp> copy(kernel.clone());
  copy->setSymName("kernel");
  copy->removeScheduleAttr();
  (*copy)->removeAttr(layerAttribute);
  std::string text, signature;
  llvm::raw_string_ostream stream(text);
  copy->print(stream, OpPrintingFlags().useLocalScope());
  constexpr size_t namedOps = 6, hashBytes = 6;
  size_t named = 0;
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (!isa<kern::UnpackOp>(op) && named++ < namedOps)
      signature += (signature.empty() ? "" : "_") + op.getName().stripDialect().str();
  return signature + "-" + llvm::toHex(llvm::BLAKE3::hash<hashBytes>(llvm::arrayRefFromStringRef(text)), true);
}

LogicalResult fovea::splitPinnedLayers(const ScheduleFile &file, ModuleOp module) {
  SymbolTable symbols(module);
  SmallVector<kern::CallOp> calls;
  module.walk([&](kern::CallOp call) { calls.push_back(call); });
  for (const SchedulePin &pin : file.pins) {
    if (!pin.ofLayer)
      continue;
    auto call = llvm::find_if(calls, [&](kern::CallOp call) { return layerNamesIn(call.getLoc()).contains(pin.key); });
    if (call == calls.end()) {
      llvm::SetVector<StringRef> names;
      for (kern::CallOp other : calls)
        names.insert_range(layerNamesIn(other.getLoc()));
      return emitError(pin.place, "no kernel computes a layer '")
             << pin.key << "'" << nearest(pin.key, names.getArrayRef());
    }
    auto kernel = symbols.lookup<kern::FuncOp>(call->getCallee());
    auto taken = kernel->getAttrOfType<StringAttr>(layerAttribute);
    if (taken && taken != pin.key)
      return emitError(pin.place, "the layer '")
             << pin.key << "' is in the kernel of the layer '" << taken.getValue() << "', which has an entry already";
    if (taken)
      continue; // an entry for another target
    auto own = kernel.clone();
    own->setAttr(layerAttribute, StringAttr::get(module.getContext(), pin.key));
    symbols.insert(own, Block::iterator(kernel->getNextNode()));
    call->setCallee(own.getSymName());
    if (llvm::none_of(calls, [&](kern::CallOp other) { return other.getCallee() == kernel.getSymName(); }))
      symbols.erase(kernel);
  }
  return success();
}

const SchedulePin *fovea::findPin(const ScheduleFile &file, kern::FuncOp kernel, StringRef target) {
  auto layer = kernel->getAttrOfType<StringAttr>(layerAttribute);
  std::string signature = signatureOf(kernel);
  const SchedulePin *found = nullptr;
  for (const SchedulePin &pin : file.pins)
    if (pin.target == target && (pin.ofLayer ? layer && layer == pin.key : !found && pin.key == signature)) {
      found = &pin;
      if (pin.ofLayer)
        break;
    }
  return found;
}

kern::ScheduleAttr fovea::scheduleOf(const SchedulePin &pin, kern::ScheduleAttr chosen, ArrayRef<StringRef> fitting) {
  MLIRContext *context = pin.place.getContext();
  bool known = llvm::any_of(kern::strategies(), [&](auto *strategy) { return strategy->name == pin.strategy; });
  if (known && !llvm::is_contained(fitting, pin.strategy)) {
    emitError(pin.strategyPlace, "the strategy '")
        << pin.strategy << "' does not take this kernel" << nearest(pin.strategy, fitting);
    return {};
  }
  NamedAttrList knobs;
  if (chosen.getStrategy() == pin.strategy)
    knobs.append(chosen.getKnobs().begin(), chosen.getKnobs().end());
  llvm::StringMap<Location> places;
  for (const SchedulePin::Knob &knob : pin.knobs) {
    if (!places.try_emplace(knob.name, knob.place).second) {
      emitError(knob.place, "the knob '") << knob.name << "' is given twice";
      return {};
    }
    knobs.set(knob.name, Builder(context).getI64IntegerAttr(knob.value));
  }
  auto schedule = kern::ScheduleAttr::get(context, pin.strategy, knobs.getDictionary(context));
  auto emit = [&](StringRef knob) {
    auto place = places.find(knob);
    return emitError(place == places.end() ? pin.strategyPlace : place->second);
  };
  return succeeded(verifySchedule(schedule, emit)) ? schedule : kern::ScheduleAttr();
}

std::string fovea::printSchedules(ModuleOp module, StringRef target) {
  llvm::MapVector<StringRef, llvm::SetVector<StringRef>> layers; // by kernel
  module.walk([&](kern::CallOp call) { layers[call.getCallee()].insert_range(layerNamesIn(call.getLoc())); });
  std::string entries;
  llvm::raw_string_ostream stream(entries);
  std::set<StringRef> used;
  for (auto kernel : module.getOps<kern::FuncOp>()) {
    constexpr size_t shown = 4;
    kern::ScheduleAttr schedule = kernel.getScheduleAttr();
    used.insert(schedule.getStrategy());
    auto names = layers.lookup(kernel.getSymName());
    if (!names.empty()) {
      stream << "\n// " << llvm::join(names.getArrayRef().take_front(shown), ", ");
      if (names.size() > shown)
        stream << " and " << names.size() - shown << " more";
    }
    auto layer = kernel->getAttrOfType<StringAttr>(layerAttribute);
    stream << "\n"
           << (layer ? "layer" : "kernel") << " \"" << (layer ? layer.str() : signatureOf(kernel))
           << "\" = " << schedule.getStrategy() << " {";
    llvm::interleaveComma(schedule.getKnobs(), stream, [&](NamedAttribute knob) {
      stream << knob.getName().getValue() << " = " << cast<IntegerAttr>(knob.getValue()).getInt();
    });
    stream << "}\n";
  }

  std::string text;
  llvm::raw_string_ostream head(text);
  head << "target \"" << target << "\"\n";
  for (const kern::Strategy *strategy : kern::strategies()) {
    if (!used.count(strategy->name))
      continue;
    head << "\n// " << strategy->name << ": " << strategy->help << "\n";
    for (const kern::Knob &knob : strategy->knobs)
      head << "//   " << llvm::left_justify(knob.name, 16) << llvm::left_justify(knob.range(), 14) << "  " << knob.help
           << "\n";
  }
  return text + entries;
}
