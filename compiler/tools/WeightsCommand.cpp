#include "compiler/tools/Checkpoint.h"
#include "compiler/tools/Commands.h"
#include "compiler/tools/Network.h"
#include "frontend/MadeUpWeights.h"
#include <fmt/core.h>

using namespace fovea;

static int makeUpWeights(const NetworkFile &file, uint64_t seed, double gain, const std::string &output) {
  Progress progress(/*quiet=*/false);
  Network network(progress);
  if (int code = network.read(file))
    return code;
  progress.phase("weights");
  std::vector<NetworkParameter> parameters = parametersOf(network.getModule());
  std::vector<std::vector<float>> values;
  std::vector<TensorRecord> records;
  for (const NetworkParameter &parameter : parameters) {
    int64_t elements = 1;
    for (int64_t size : parameter.shape)
      elements *= size;
    std::vector<float> &data = values.emplace_back(elements);
    fillMadeUp(parameter.key, parameter.shape, seed, gain, data);
    records.push_back({parameter.key, DType::F32, parameter.shape,
                       llvm::ArrayRef(reinterpret_cast<const char *>(data.data()), data.size() * sizeof(float))});
  }
  Progress::clear();
  if (llvm::Error error = writeSafetensors(output, records))
    return fail(std::move(error));
  int64_t bytes = 0;
  for (const TensorRecord &record : records)
    bytes += record.data.size();
  llvm::errs() << fmt::format("fovea: {}: {} tensors, {:.1f} MB, made up from seed {}\n", output, records.size(),
                              bytes / 1e6, seed);
  return exitSuccess;
}

void fovea::addWeightsCommand(CLI::App &app, int &code) {
  struct State {
    NetworkFile network;
    uint64_t seed = 0;
    double gain = 1;
    std::string output;
  };
  auto state = std::make_shared<State>();
  CLI::App *command = app.add_subcommand("weights", "Makes up weights of the right names and shapes");
  addNetworkArguments(*command, state->network);
  command->add_option("--seed", state->seed, "another seed gives other weights")->type_name("N");
  command->add_option("--gain", state->gain, "scales the weights of convolutions and linear layers")
      ->type_name("X")
      ->check(CLI::PositiveNumber);
  command->add_option("-o", state->output, "the safetensors file to write")->type_name("FILE")->required();
  command->callback([state, &code] { code = makeUpWeights(state->network, state->seed, state->gain, state->output); });
}
