#include "contestants.h"

#include <fmt/core.h>

#include "../limits/limits.h"

namespace bench {

std::optional<Contestant> numpy_contestant(Context& context, std::shared_ptr<Input> input, std::string work,
                                           std::chrono::milliseconds rest) {
  NumPy* numpy = context.numpy();
  if (numpy == nullptr) return std::nullopt;
  struct State {
    std::vector<double> answer;
    bool open = false;
  };
  auto state = std::make_shared<State>();
  Contestant contestant;
  contestant.name = "numpy";
  contestant.rest = rest;
  contestant.prepare = [=] {
    if (!state->open || input->reopens()) numpy->ask(input->numpy_open());
    state->open = true;
    numpy->ask(fmt::format("change {} {:.17g}", input->index(), input->value()));
  };
  contestant.run = [=] {
    state->answer = numpy->run(work);
    return state->answer[0];
  };
  contestant.observe = [=] { return std::vector(state->answer.begin() + 1, state->answer.end()); };
  return contestant;
}

std::optional<Contestant> numpy_generated(Context& context, std::string work, std::int64_t n,
                                          std::shared_ptr<std::int64_t> seed) {
  NumPy* numpy = context.numpy();
  if (numpy == nullptr) return std::nullopt;
  Contestant contestant;
  contestant.name = "numpy";
  contestant.rest = kRest;
  contestant.run = [=] { return numpy->run(fmt::format("{} {} {}", work, *seed, n))[0]; };
  return contestant;
}

Contestant copy_limit(std::shared_ptr<Input> input, std::shared_ptr<Buffer> out) {
  const std::int64_t n = input->size();
  return reader("copy", Role::Limit, std::move(input), [=](const double* x) { limits::copy(x, out->data(), n); });
}

Contestant read_limit(std::shared_ptr<Input> input) {
  const std::int64_t n = input->size();
  return reader("read", Role::Limit, std::move(input), [=](const double* x) { keep(limits::read(x, n)); });
}

Contestant flops_limit(double flops) {
  Contestant contestant;
  contestant.name = "fma peak";
  contestant.role = Role::Limit;
  contestant.run = [=] {
    return clocked([] { keep(limits::multiply_add()); }) * flops / static_cast<double>(limits::multiply_add_flops());
  };
  return contestant;
}

void add_eigen_bar(Case& work) {
  if (work.n < 10'000) return;
  work.bars.push_back({.text = "not slower than Eigen (lower quartile of the ratio at most 1)",
                       .kind = Bar::Kind::NotSlower,
                       .against = {"eigen"}});
}

bool add(Case& work, std::optional<Contestant> contestant) {
  if (!contestant) return false;
  work.contestants.push_back(std::move(*contestant));
  return true;
}

}  // namespace bench
