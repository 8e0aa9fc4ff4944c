// The unit of measurement: one piece of work of one size on one input, and everybody who does it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

enum class Role : std::uint8_t { Ours, Rival, Limit };

/// A value that a contestant must arrive at; errors are relative to `scale`, which is |value| except where terms
/// cancel.
struct Expected {
  double value, scale;
};

/// One way of doing the work. A repeat is prepare, run, observe, release; only run is timed.
struct Contestant {
  std::string name{};
  Role role = Role::Rival;
  std::function<void()> prepare{};
  std::function<double()> run{};                   ///< seconds
  std::function<std::vector<double>()> observe{};  ///< what Case::expect describes; absent for limits
  std::function<std::vector<Expected>()>
      expect{};                       ///< instead of Case::expect, where contestants draw their own numbers
  std::function<void()> check_all{};  ///< compares whole results, once; throws WrongResult
  std::function<void()> release{};    ///< drops what would keep the input's memory in use
  std::string ours = "ingot";         ///< the contestant of ours that does the same
  std::chrono::milliseconds rest{};   ///< until its threads, of another process, leave the cores after its turn
};

/// A requirement on the ratio of two times in the same round.
struct Bar {
  enum class Kind : std::uint8_t {
    AtMost,     ///< median of subject / slowest of `against`
    NotSlower,  ///< the same ratio's lower quartile at most 1: slower only if it is so in three rounds of four
    AtLeast,    ///< median of slowest of `against` / subject
  };
  std::string text{};
  Kind kind = Kind::AtMost;
  double limit = 1;
  std::string subject = "ingot";
  std::vector<std::string> against{};
};

struct Case {
  std::string workload{}, title{}, input{};
  std::int64_t n = 0;
  std::string shape{};       ///< where n alone does not say it
  double bytes = 0;          ///< least traffic between memory and cores
  double flops = 0;          ///< 0 where the limit is memory
  std::string limit{};       ///< name of the contestant that is the limit
  double tolerance = 1e-13;  ///< relative error of our results
  double rival_tolerance = 1e-11;
  std::function<void(std::int64_t repeat)> change{};  ///< changes the input before every repeat
  std::function<std::vector<Expected>()> expect{};    ///< what follows from the change
  std::vector<Contestant> contestants{};
  std::vector<Bar> bars{};
};

struct WrongResult : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Ctrl-C: everything is released on the way out.
struct Interrupted : std::exception {};

template <class Work>
double clocked(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Keeps a value that nothing else uses.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

}  // namespace bench
