#include "compiler/tools/Checkpoint.h"
#include "compiler/tools/Commands.h"
#include "compiler/tools/CompileRequest.h"
#include "compiler/transforms/NetworkStatistics.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <fmt/core.h>

using namespace fovea;

static int64_t elementsOf(const NetworkParameter &parameter) {
  int64_t elements = 1;
  for (int64_t size : parameter.shape)
    elements *= size;
  return elements;
}

static void printTable(const std::vector<NetworkParameter> &parameters, const NetworkStatistics &statistics) {
  int64_t elements = 0, copied = 0;
  for (const NetworkParameter &parameter : parameters)
    elements += elementsOf(parameter);
  for (const CopyKernel &copy : statistics.copies)
    copied += copy.bytes;
  fmt::print("parameters  {:.2f} M in {} tensors\n", elements / 1e6, parameters.size());
  fmt::print("arithmetic  {:.3f} GFLOP (a multiply-add counts two)\n", statistics.flops / 1e9);
  fmt::print("kernels     {} runs of {}\n", statistics.calls, statistics.kernels);
  std::string moved;
  for (const auto &[op, count] : statistics.addresses)
    moved += fmt::format("{}{} {}", moved.empty() ? "" : ", ", count, op);
  fmt::print("addresses   {}\n", moved.empty() ? "none" : moved);
  fmt::print("copies      {}, {:.2f} MB\n", statistics.copies.size(), copied / 1e6);
  for (const CopyKernel &copy : statistics.copies)
    fmt::print("  {:>9.1f} kB  {:<28} {}{}{}\n", copy.bytes / 1e3, copy.ops, copy.layer, copy.layer.empty() ? "" : ": ",
               copy.reason);
}

static void printJson(const std::vector<NetworkParameter> &parameters, const NetworkStatistics &statistics) {
  int64_t elements = 0;
  for (const NetworkParameter &parameter : parameters)
    elements += elementsOf(parameter);
  llvm::json::OStream json(llvm::outs(), /*IndentSize=*/2);
  json.object([&] {
    json.attribute("parameters", elements);
    json.attribute("flops", statistics.flops);
    json.attribute("calls", statistics.calls);
    json.attribute("kernels", statistics.kernels);
    json.attributeObject("addresses", [&] {
      for (const auto &[op, count] : statistics.addresses)
        json.attribute(op, count);
    });
    json.attributeArray("copies", [&] {
      for (const CopyKernel &copy : statistics.copies)
        json.object([&] {
          json.attribute("ops", copy.ops);
          json.attribute("layer", copy.layer);
          json.attribute("reason", copy.reason);
          json.attribute("bytes", copy.bytes);
        });
    });
  });
  llvm::outs() << '\n';
  llvm::outs().flush();
}

static int printStatistics(const CompileRequest &request, bool asJson) {
  Progress progress(request.quiet);
  Network network(progress);
  StageOptions options;
  if (int code = stageOptions(request, options))
    return code;
  if (int code = network.read(request.network))
    return code;
  std::vector<NetworkParameter> parameters = parametersOf(network.getModule());
  if (int code = formKernels(network, request, options))
    return code;
  Progress::clear();
  NetworkStatistics statistics = statisticsOf(network.getModule());
  (asJson ? printJson : printTable)(parameters, statistics);
  return exitSuccess;
}

void fovea::addStatsCommand(CLI::App &app, int &code) {
  struct State {
    CompileRequest request;
    bool json = false;
  };
  auto state = std::make_shared<State>();
  CLI::App *command = app.add_subcommand("stats", "Counts parameters, arithmetic, kernels, and copies that remain");
  addNetworkArguments(*command, state->request.network);
  command->add_flag("--json", state->json, "the same for programs");
  command->footer("Data movement is free where it is an address inside of a kernel that computes. A kernel that only\n"
                  "moves data is listed with the reason why it stands.");
  command->callback([state, &code] { code = printStatistics(state->request, state->json); });
}
