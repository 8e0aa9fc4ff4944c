// What the tree must look like: who may include whom, how long a file may be, and what must not be written into one.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path kTop = fs::path(INGOT_TESTS_DIR).parent_path();

struct File {
  std::string path;  // from the top of the repository
  std::vector<std::string> lines;
};

bool ends_with_any(const std::string& text, std::initializer_list<const char*> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](const char* e) { return text.ends_with(e); });
}

File read(const fs::path& path) {
  File file{fs::relative(path, kTop).string(), {}};
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) file.lines.push_back(line);
  return file;
}

// Every text file of the project; what a build or git leaves is not.
const std::vector<File>& files() {
  static const std::vector<File> all = [] {
    std::vector<File> found;
    for (const char* folder : {"kernels", "host", "include", "tests", "bench", "docs", ".ci"}) {
      if (!fs::exists(kTop / folder)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(kTop / folder)) {
        const bool binary = ends_with_any(entry.path().string(), {".npy", ".npz", ".bin", ".pyc", ".png", ".cubin"});
        if (entry.is_regular_file() && !binary) found.push_back(read(entry.path()));
      }
    }
    for (const auto& entry : fs::directory_iterator(kTop))
      if (entry.is_regular_file() && entry.path().filename() != "LICENSE" && entry.path().filename() != ".git")
        found.push_back(read(entry.path()));
    return found;
  }();
  return all;
}

bool is_code(const File& file) { return ends_with_any(file.path, {".h", ".hpp", ".cpp", ".def", ".cuh", ".cu"}); }

// The layer of a path, and its rank: a file may include what is of its own layer or of a lower rank.
std::string layer(const std::string& path) {
  const auto first = path.find('/');
  std::string top = path.substr(0, first);
  if (top != "host") return top == "ingot" ? "include" : top;
  return path.substr(first + 1, path.find('/', first + 1) - first - 1);
}

const std::map<std::string, int> kRank = {{"include", 0}, {"kernels", 1},    {"base", 2},   {"graph", 3},
                                          {"ir", 4},      {"plan", 5},       {"emit", 6},   {"jit", 7},
                                          {"device", 7},  {"exec", 8},       {"io", 9},     {"linalg", 9},
                                          {"api", 11},    {"transform", 10}, {"tests", 12}, {"bench", 12}};

struct Include {
  std::string target;  // of a quoted one: from the top of the repository, or ingot/...
  bool quoted;
};

// A quoted include that does not start at the top is relative: bodies are also given to NVRTC, which has no folders.
std::vector<Include> includes(const File& file) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  std::vector<Include> found;
  for (const std::string& line : file.lines) {
    std::smatch match;
    if (!std::regex_search(line, match, pattern)) continue;
    Include include{match[2], match[1] == "\""};
    if (include.quoted && !include.target.starts_with("ingot/") && !fs::exists(kTop / include.target))
      include.target = (fs::path(file.path).parent_path() / include.target).lexically_normal().string();
    found.push_back(include);
  }
  return found;
}

TEST(Layout, IncludesGoOneWay) {
  for (const File& file : files()) {
    if (!is_code(file)) continue;
    const std::string from = layer(file.path);
    ASSERT_TRUE(kRank.contains(from)) << file.path << " is in a folder that has no place in the order";
    for (const Include& include : includes(file)) {
      if (!include.quoted && !include.target.starts_with("ingot/")) continue;
      const std::string to = layer(include.target);
      ASSERT_TRUE(kRank.contains(to))
          << file.path << " includes \"" << include.target
          << "\": a quoted include is relative, or starts at the top of the repository or with ingot/";
      EXPECT_TRUE(from == to || kRank.at(to) < kRank.at(from))
          << file.path << " (" << from << ") includes \"" << include.target << "\" (" << to << "), which comes later";
    }
  }
}

TEST(Layout, IncludedFilesExist) {
  const std::set<std::string> generated = {"ingot/elementwise.hpp", "ingot/value_functions.hpp",
                                           "tests/fake_cuda/driver_names.def"};
  for (const File& file : files()) {
    if (!is_code(file)) continue;
    for (const Include& include : includes(file)) {
      if (!include.quoted || generated.contains(include.target)) continue;
      const bool is_public = include.target.starts_with("ingot/");
      EXPECT_TRUE(fs::exists((is_public ? kTop / "include" : kTop) / include.target))
          << file.path << " includes \"" << include.target << "\"";
    }
  }
}

// But for bench/functions, which times compiled kernels of every CPU level in one process.
TEST(Layout, PublicHeadersAndTheBenchmarkSeeOnlyPublicHeaders) {
  for (const File& file : files()) {
    if (file.path.starts_with("bench/functions/")) continue;
    if (!is_code(file) || (layer(file.path) != "include" && layer(file.path) != "bench")) continue;
    for (const Include& include : includes(file)) {
      if (!include.quoted) continue;
      EXPECT_TRUE(include.target.starts_with("ingot/") ||
                  (layer(file.path) == "bench" && include.target.starts_with("bench/")))
          << file.path << " includes \"" << include.target << "\"";
    }
  }
}

TEST(Layout, OnlyModulesIncludeLlvmAndCuda) {
  for (const File& file : files()) {
    if (!is_code(file)) continue;
    const bool is_module = file.path.starts_with("host/emit/llvm/") || file.path.starts_with("host/jit/");
    for (const Include& include : includes(file)) {
      EXPECT_TRUE(is_module || !include.target.starts_with("llvm"))
          << file.path << " includes <" << include.target << ">";
      const bool is_for_nvcc = file.path.starts_with("kernels/prebuilt/") && file.path.ends_with(".cu");
      const bool is_peer = file.path.starts_with("bench/peers/");  // what Ingot is compared with
      const bool compares =
          file.path == "tests/fake_cuda/declarations_test.cpp";  // our declarations with the toolkit's
      EXPECT_TRUE(is_for_nvcc || is_peer || compares ||
                  !std::regex_search(include.target, std::regex("^(cuda|nvrtc|cub/|thrust/)")))
          << file.path << " includes <" << include.target << ">";
    }
  }
}

TEST(Layout, TheOracleSharesNothingWithWhatItJudges) {
  for (const File& file : files()) {
    if (!is_code(file) || !file.path.starts_with("tests/oracle/")) continue;
    for (const Include& include : includes(file)) {
      if (!include.quoted) continue;
      const std::string to = layer(include.target);
      EXPECT_TRUE(to != "kernels" && to != "ir" && to != "plan" && to != "emit" && to != "jit")
          << file.path << " includes \"" << include.target << "\"";
    }
  }
}

TEST(Layout, TheUmbrellaIncludesEveryPublicHeader) {
  std::set<std::string> included;
  for (const Include& include : includes(read(kTop / "include/ingot/ingot.hpp"))) included.insert(include.target);
  EXPECT_TRUE(included.contains("ingot/elementwise.hpp"));
  for (const auto& entry : fs::directory_iterator(kTop / "include/ingot")) {
    const std::string name = "ingot/" + entry.path().filename().string();
    EXPECT_TRUE(name == "ingot/ingot.hpp" || included.contains(name)) << "ingot.hpp lacks " << name;
  }
}

TEST(Layout, EverySourceIsInTheListOfItsFolder) {
  const std::regex word("[^ ()\"]+");
  for (const File& file : files()) {
    const bool golden = file.path.starts_with("tests/golden/");
    const bool by_script = file.path == "bench/peers/cub_peer.cu";  // bench/gpu_report, where the GPU is
    if (!ends_with_any(file.path, {".cpp", ".cu"}) || golden || by_script || file.path.starts_with("tests/consumer/") ||
        file.path.starts_with("tests/compile_fail/"))  // built by programs of their own
      continue;
    const fs::path path = kTop / file.path;
    bool listed = false;
    for (fs::path folder = path.parent_path(); !listed && folder != kTop; folder = folder.parent_path()) {
      const std::string relative = fs::relative(path, folder).string();
      if (!fs::exists(folder / "CMakeLists.txt")) continue;
      for (const std::string& line : read(folder / "CMakeLists.txt").lines)
        for (std::sregex_iterator i(line.begin(), line.end(), word), end; i != end; ++i) listed |= i->str() == relative;
    }
    EXPECT_TRUE(listed) << file.path << " is in no CMakeLists.txt: nothing builds it";
  }
}

TEST(Layout, TheTopLevelIsTheHouse) {
  const std::set<std::string> allowed = {"kernels",   "host",    "include",        "tests",
                                         "bench",     "docs",    "CMakeLists.txt", "CMakePresets.json",
                                         "README.md", "LICENSE", "build",          "CMakeUserPresets.json"};
  for (const auto& entry : fs::directory_iterator(kTop)) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name.starts_with(".") || allowed.contains(name)) << name << " has no place at the top";
  }
  for (const char* vague : {"common", "util", "utils", "misc"})
    for (const File& file : files())
      EXPECT_EQ(file.path.find("/" + std::string(vague) + "/"), std::string::npos) << file.path;
}

TEST(Layout, FilesStayShort) {
  for (const File& file : files()) {
    if (file.path.starts_with("tests/") && file.path.find("golden") != std::string::npos) continue;
    EXPECT_LE(file.lines.size(), file.path == "README.md" ? 120u : 800u) << file.path;
  }
}

// The patterns are written so that this file does not match them.
TEST(Layout, NothingIsLeftToDo) {
  const std::regex pattern(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X|HA"
      "CK)\\b");
  for (const File& file : files())
    for (const std::string& line : file.lines)
      EXPECT_FALSE(std::regex_search(line, pattern)) << file.path << ": " << line;
}

TEST(Layout, NoFileNamesAMachine) {
  const std::regex pattern(
      "(^|[^A-Za-z0-9_.])/(home|root|work|tmp|mnt|Users)/|https?://[^/ ]*(debian|ubuntu|pypi|nvidia|conda)[^/ ]*/|"
      "[^0-9.](10|192|172)\\.[0-9]+\\.[0-9]+\\.[0-9]+");
  for (const File& file : files())
    for (const std::string& line : file.lines)
      EXPECT_FALSE(std::regex_search(line, pattern)) << file.path << ": " << line;
}

TEST(Docs, LinksResolve) {
  const std::regex link(R"(\]\(([^)#: ]+)(#[^)]*)?\))");
  for (const File& file : files()) {
    if (!file.path.ends_with(".md")) continue;
    for (const std::string& line : file.lines)
      for (std::sregex_iterator i(line.begin(), line.end(), link), end; i != end; ++i)
        EXPECT_TRUE(fs::exists((kTop / file.path).parent_path() / (*i)[1].str())) << file.path << ": " << (*i)[1];
  }
}

}  // namespace
