#include "numpy.h"

#include <fmt/core.h>

#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace bench {

NumPy::NumPy(const std::string& python) : process_({python, BENCH_SOURCE_DIR "/peers/numpy_peer.py"}) {
  try {
    version_ = reply("version");
  } catch (const std::runtime_error&) {
    throw std::runtime_error(fmt::format("'{}' cannot import NumPy", python));
  }
}

bool NumPy::at_least_2() const { return std::atoi(version_.c_str()) >= 2; }

std::string NumPy::reply(const std::string& command) {
  std::string answer = process_.ask(command);
  if (answer.starts_with("error")) throw std::runtime_error(fmt::format("NumPy was asked '{}': {}", command, answer));
  return answer;
}

void NumPy::ask(const std::string& command) { reply(command); }

std::vector<double> NumPy::run(const std::string& work) {
  std::istringstream answer(reply("run " + work));
  std::vector<double> values;
  for (std::string word; answer >> word;) values.push_back(std::strtod(word.c_str(), nullptr));
  if (values.empty()) throw std::runtime_error(fmt::format("NumPy was asked to run '{}' and gave nothing", work));
  return values;
}

}  // namespace bench
