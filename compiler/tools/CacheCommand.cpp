#include "compiler/halide/KernelCache.h"
#include "compiler/tools/Commands.h"
#include "compiler/tools/Network.h"
#include "llvm/Support/FileSystem.h"
#include <fmt/core.h>

using namespace fovea;

namespace {
struct CacheRequest {
  std::string folder = KernelCache::defaultFolder();
  uint64_t bytes = 0;
  bool prune = false, clear = false;
};
} // namespace

static int run(const CacheRequest &request) {
  if (request.folder.empty())
    return fail(userError(ErrorId::FileAccess,
                          "there is no cache: neither $XDG_CACHE_HOME nor $HOME is a folder; name one "
                          "with --cache"));
  KernelCache::Usage usage;
  // Looking does not make a cache.
  if (llvm::sys::fs::exists(request.folder)) {
    llvm::Expected<KernelCache> cache = KernelCache::open(request.folder);
    if (!cache)
      return fail(cache.takeError());
    if (request.prune || request.clear)
      cache->prune(request.clear ? 0 : request.bytes);
    usage = cache->usage();
  }
  llvm::outs() << fmt::format("{}: {} kernels, {:.1f} MB\n", request.folder, usage.kernels, usage.bytes / 1e6);
  return exitSuccess;
}

void fovea::addCacheCommand(CLI::App &app, int &code) {
  auto request = std::make_shared<CacheRequest>();
  CLI::App *command =
      app.add_subcommand("cache", "Shows how much the cache of compiled kernels holds; makes it smaller");
  command->add_option("--cache", request->folder, "its folder")->type_name("DIR")->capture_default_str();
  CLI::Option *prune =
      command
          ->add_option("--prune", request->bytes,
                       "remove what has not been used for longest, until no more than this is left (500kB, 2MB)")
          ->type_name("SIZE")
          ->transform(CLI::AsSizeValue(/*kb_is_1000=*/true));
  command->add_flag("--clear", request->clear, "remove all")->excludes(prune);
  command->callback([request, prune, &code] {
    request->prune = prune->count() > 0;
    code = run(*request);
  });
}
