// Reads the text in pictures: read_text [OPTIONS] LIBRARIES PICTURE...
#include "draw.h"
#include "picture.h"
#include "reader.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>

using namespace ocr;

namespace {

struct Arguments {
  bool json = false, line = false, time = false;
  Edition edition = Edition::V4;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  std::string draw, libraries;
  std::vector<std::string> pictures;
};

constexpr const char *kUsage = R"(usage: read_text [OPTIONS] LIBRARIES PICTURE...

Reads the text in PNG and JPEG files. LIBRARIES is the folder with the compiled networks. A line of output for each line
of text: score and text.

  --json          a JSON object for each picture instead: corners of each line's box, clockwise from its top left,
                  text and score
  --line          each picture is one line of text, which need not be found
  --edition 4|6   of PP-OCR, whose networks LIBRARIES has; 4 unless said
  --draw OUT.png  writes the (last) picture with numbered boxes around its lines
  --threads N     threads that compute; as many as there are CPUs unless said
  --time          milliseconds for each picture on standard error
)";

[[noreturn]] void usage(const std::string &problem) {
  std::fprintf(stderr, "read_text: %s\n%s", problem.c_str(), kUsage);
  std::exit(2);
}

Arguments parse(int argc, char **argv) {
  Arguments arguments;
  std::vector<std::string> rest;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    auto value = [&]() -> std::string {
      if (++i == argc)
        usage(argument + " needs a value");
      return argv[i];
    };
    if (argument == "--help") {
      std::fputs(kUsage, stdout);
      std::exit(0);
    } else if (argument == "--json")
      arguments.json = true;
    else if (argument == "--line")
      arguments.line = true;
    else if (argument == "--time")
      arguments.time = true;
    else if (argument == "--edition") {
      std::string text = value();
      if (text != "4" && text != "6")
        usage("--edition takes 4 or 6, not '" + text + "'");
      arguments.edition = text == "4" ? Edition::V4 : Edition::V6;
    } else if (argument == "--draw")
      arguments.draw = value();
    else if (argument == "--threads") {
      std::string text = value();
      auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), arguments.threads);
      if (error != std::errc() || *end || arguments.threads < 1 || arguments.threads > 1024)
        usage("--threads takes a number from 1 to 1024, not '" + text + "'");
    } else if (argument.starts_with("--"))
      usage("there is no option " + argument);
    else
      rest.push_back(argument);
  }
  if (rest.size() < 2)
    usage("expected the folder with the libraries, and a picture");
  arguments.libraries = rest.front();
  arguments.pictures.assign(rest.begin() + 1, rest.end());
  return arguments;
}

/// A JSON string.
std::string quoted(const std::string &text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      result += code;
    } else
      result += c;
  }
  return result + '"';
}

void printJson(const std::string &picture, const std::vector<Line> &lines) {
  std::printf("{\"picture\": %s, \"lines\": [", quoted(picture).c_str());
  const char *separator = "\n";
  for (const Line &line : lines) {
    std::printf("%s  {\"box\": [", separator);
    for (size_t i = 0; i < line.box.size(); ++i)
      std::printf("%s[%.9g, %.9g]", i ? ", " : "", line.box[i].x, line.box[i].y);
    std::printf("], \"text\": %s, \"score\": %.6f}", quoted(line.reading.text).c_str(), line.reading.score);
    separator = ",\n";
  }
  std::printf("%s]}\n", lines.empty() ? "" : "\n");
}

void readOne(Reader &reader, const Arguments &arguments, const std::string &path) {
  auto start = std::chrono::steady_clock::now();
  cv::Mat picture = readPicture(path, arguments.edition);
  std::vector<Line> lines = arguments.line ? std::vector{reader.readLine(picture)} : reader.read(picture);
  if (arguments.time) {
    std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    std::fprintf(stderr, "%s: %.2f ms\n", path.c_str(), elapsed.count());
  }
  if (arguments.json)
    printJson(path, lines);
  else
    for (const Line &line : lines)
      std::printf("%.3f  %s\n", line.reading.score, line.reading.text.c_str());
  if (!arguments.draw.empty()) {
    std::vector<Box> boxes;
    boxes.reserve(lines.size());
    for (const Line &line : lines)
      boxes.push_back(line.box);
    draw(picture, boxes);
    writePng(arguments.draw, picture);
  }
}

} // namespace

int main(int argc, char **argv) {
  Arguments arguments = parse(argc, argv);
  cv::setNumThreads(1); // the networks have threads of their own; what is left is too little to share
  try {
    Reader reader(arguments.libraries, arguments.edition, arguments.threads);
    int status = EXIT_SUCCESS;
    for (const std::string &picture : arguments.pictures)
      try {
        readOne(reader, arguments, picture);
      } catch (const std::exception &error) {
        std::fprintf(stderr, "read_text: %s: %s\n", picture.c_str(), error.what());
        status = EXIT_FAILURE;
      }
    return status;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "read_text: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
