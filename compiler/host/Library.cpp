#include "compiler/host/Library.h"

#include "runtime/cpu.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <cassert>
#include <dlfcn.h>

using namespace fovea;

char LibraryError::ID = 0;

template <typename... Parts> static llvm::Error failure(const Parts &...parts) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), llvm::join_items("", parts...));
}

/// The name of the network in the library at `path`: the only N with an exported function N_describe. Read from the
/// file, because loading a library that is not ours would run its constructors.
static llvm::Expected<std::string> networkName(llvm::StringRef path) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer =
      llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return failure("cannot read '", path, "': ", buffer.getError().message());
  if (llvm::identify_magic((*buffer)->getBuffer()) != llvm::file_magic::elf_shared_object)
    return failure("'", path, "' is not a shared library; expected the .so that 'fovea compile' writes");
  auto object = llvm::object::ObjectFile::createELFObjectFile(**buffer);
  if (!object)
    return llvm::consumeError(object.takeError()),
           failure("'", path, "' is damaged: its table of sections cannot be read; is it a part of a file?");
  const auto &file = llvm::cast<llvm::object::ELFObjectFileBase>(**object);
  llvm::Triple host(llvm::sys::getProcessTriple());
  if (file.getArch() != host.getArch())
    return failure("'", path, "' is for ", llvm::Triple::getArchTypeName(file.getArch()), "; this machine is ",
                   host.getArchName());

  std::string name;
  for (const llvm::object::ELFSymbolRef &symbol : file.getDynamicSymbolIterators()) {
    llvm::Expected<uint32_t> flags = symbol.getFlags();
    llvm::Expected<llvm::StringRef> symbolName = symbol.getName();
    if (!flags || !symbolName) {
      llvm::consumeError(flags.takeError());
      llvm::consumeError(symbolName.takeError());
      return failure("'", path, "' is damaged: its symbol table cannot be read");
    }
    if ((*flags & llvm::object::SymbolRef::SF_Undefined) || !symbolName->consume_back("_describe"))
      continue;
    if (!name.empty())
      return failure("'", path, "' holds several networks, '", name, "' and '", *symbolName, "'");
    name = symbolName->str();
  }
  if (name.empty())
    return failure("'", path, "' exports no function NAME_describe: it was not made by 'fovea compile'");
  return name;
}

static std::string besideFile(llvm::StringRef path, llvm::StringRef name) {
  llvm::SmallString<256> beside(path);
  llvm::sys::path::remove_filename(beside);
  llvm::sys::path::append(beside, name);
  return beside.str().str();
}

llvm::Expected<Library> Library::open(llvm::StringRef path) {
  llvm::Expected<std::string> name = networkName(path);
  if (!name)
    return name.takeError();
  // Without a slash the loader would look in its own folders.
  llvm::SmallString<256> absolute(path);
  if (std::error_code error = llvm::sys::fs::make_absolute(absolute))
    return failure("cannot find the current folder: ", error.message());

  Library library;
  library.functions = std::make_shared<Functions>();
  Functions &functions = *library.functions;
  functions.handle = dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!functions.handle)
    return failure("cannot load '", path, "': ", llvm::StringRef(dlerror()));

  std::string missing;
  auto find = [&](llvm::StringRef suffix, auto &function) {
    std::string symbol = *name + suffix.str();
    void *address = dlsym(functions.handle, symbol.c_str());
    if (!address && missing.empty())
      missing = symbol;
    function = reinterpret_cast<std::decay_t<decltype(function)>>(address);
  };
  find("_describe", functions.describe);
  find("_create", functions.create);
  find("_profile", functions.profile);
  find("_destroy", functions.destroy);
  find("_last_error", functions.lastError);
  auto checkMissing = [&]() -> llvm::Error {
    if (missing.empty())
      return llvm::Error::success();
    return failure("'", path, "' lacks the function ", missing, ": it was not made by 'fovea compile'");
  };
  if (llvm::Error error = checkMissing())
    return error;

  functions.description = functions.describe();
  if (functions.description->version != FOVEA_ABI_VERSION || functions.description->size < sizeof(fovea_description))
    return failure("'", path, "' describes itself in version ", llvm::utostr(functions.description->version), " with ",
                   llvm::utostr(functions.description->size), " bytes; expected version ",
                   llvm::utostr(FOVEA_ABI_VERSION), " with ", llvm::utostr(sizeof(fovea_description)),
                   ": compile the network again");
  if (functions.description->weights_identity)
    functions.weights = besideFile(absolute, *name + ".weights");
  bool bounded = functions.description->bound_count > 0;
  if (bounded)
    find("_output_shapes", functions.outputShapes);
  if (bounded || functions.description->size_count > 1)
    find("_run_shaped", functions.runShaped);
  else
    find("_run", functions.run);
  if (llvm::Error error = checkMissing())
    return error;
  return library;
}

Library::Functions::~Functions() {
  if (handle)
    dlclose(handle);
}

llvm::ArrayRef<fovea_size_info> Library::sizes() const { return {description().sizes, description().size_count}; }

llvm::Expected<const fovea_size_info *> Library::sizeFor(llvm::ArrayRef<llvm::ArrayRef<int64_t>> inputShapes) const {
  auto size = std::make_unique<BoundSize>();
  for (llvm::ArrayRef<int64_t> shape : inputShapes)
    size->shapes.emplace_back(shape);
  for (const fovea_tensor_info &output : outputs())
    size->shapes.emplace_back(output.rank);
  llvm::SmallVector<int64_t *> pointers;
  for (std::vector<int64_t> &shape : size->shapes)
    pointers.push_back(shape.data());
  if (int code = functions->outputShapes(pointers.data(), pointers.data() + inputShapes.size()))
    return llvm::make_error<LibraryError>(code, functions->lastError());
  for (auto [tensor, shape] :
       llvm::zip_equal(llvm::concat<const fovea_tensor_info>(inputs(), outputs()), size->shapes)) {
    fovea_tensor_info &info = size->tensors.emplace_back(tensor);
    for (uint32_t axis = 0; axis < info.rank; ++axis)
      info.bytes /= uint64_t(info.shape[axis]);
    for (int64_t extent : shape)
      info.bytes *= uint64_t(extent);
    info.shape = shape.data();
  }
  size->info = sizes().back();
  size->info.inputs = size->tensors.data();
  size->info.outputs = size->tensors.data() + inputShapes.size();
  boundSizes->push_back(std::move(size));
  return &boundSizes->back()->info;
}

llvm::ArrayRef<fovea_tensor_info> Library::inputs(const fovea_size_info *size) const {
  return {(size ? size : &sizes().back())->inputs, description().input_count};
}

llvm::ArrayRef<fovea_tensor_info> Library::outputs(const fovea_size_info *size) const {
  return {(size ? size : &sizes().back())->outputs, description().output_count};
}

llvm::ArrayRef<fovea_step_info> Library::steps(const fovea_size_info *size) const {
  size = size ? size : &sizes().back();
  return {size->steps, size->step_count};
}

llvm::StringRef Library::bestTarget() const {
  for (const fovea_target_info &target : llvm::ArrayRef(description().targets, description().target_count))
    if (!(target.cpu_features & ~fovea_cpu_features()))
      return target.name;
  return "";
}

llvm::Expected<LibraryContext> Library::createContext(uint32_t threads, const std::string &target) const {
  fovea_options options = {};
  options.size = sizeof options;
  options.version = FOVEA_OPTIONS_VERSION;
  options.threads = threads;
  options.target = target.empty() ? nullptr : target.c_str();
  options.weights = functions->weights.empty() ? nullptr : functions->weights.c_str();
  LibraryContext result(functions, nullptr);
  if (llvm::Error error = result.check(functions->create(&options, &result.context)))
    return error;
  return result;
}

LibraryContext::~LibraryContext() {
  if (context)
    functions->destroy(context);
}

llvm::Error LibraryContext::check(int code) const {
  if (code == FOVEA_OK)
    return llvm::Error::success();
  return llvm::make_error<LibraryError>(code, functions->lastError());
}

llvm::Error LibraryContext::run(llvm::ArrayRef<fovea_buffer> inputs, llvm::ArrayRef<fovea_buffer> outputs,
                                const fovea_size_info *size) {
  const fovea_description &description = *functions->description;
  assert(inputs.size() == description.input_count && outputs.size() == description.output_count);
  if (functions->run)
    return check(functions->run(context, inputs.data(), outputs.data()));
  size = size ? size : &description.sizes[description.size_count - 1];
  llvm::SmallVector<const int64_t *> shapes;
  for (const fovea_tensor_info &input : llvm::ArrayRef(size->inputs, description.input_count))
    shapes.push_back(input.shape);
  return check(functions->runShaped(context, shapes.data(), inputs.data(), outputs.data()));
}

llvm::Error LibraryContext::profile(llvm::MutableArrayRef<uint64_t> nanoseconds) {
  return check(functions->profile(context, nanoseconds.empty() ? nullptr : nanoseconds.data()));
}
