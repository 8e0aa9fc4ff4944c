// One case of this test program in a process of its own: a driver is opened once, and a device can be lost once.
#pragma once

#include <map>
#include <string>

namespace ingot::tests {

struct Ended {
  int status = 0;  // exit status; 128 and the signal's number for one that ended it
  std::string output;
};

/// Runs the case, named as --gtest_filter wants it, with these variables added to the environment.
Ended run_case(const std::string& name, const std::map<std::string, std::string>& environment);

}  // namespace ingot::tests
