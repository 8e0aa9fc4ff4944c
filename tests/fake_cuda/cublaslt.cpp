// The exported functions of cuBLASLt. Wrong arguments are refused with a line on stderr, where the library itself may
// refuse them, read beside matrices, or be slow.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "device.h"
#include "fake_cublaslt.h"
#include "library.h"
#include "product.h"

#define FAKE_CUBLASLT_API extern "C" __attribute__((visibility("default")))

using namespace fake_cublaslt;
using fake_cuda::Handles;

namespace {

enum Status : int {
  kSuccess = 0,
  kNotInitialized = 1,
  kInvalidValue = 7,
  kExecutionFailed = 13,
  kNotSupported = 15,
};

constexpr std::uint64_t kIssued = 0x6c746c67;  // begins an algorithm of ours
constexpr std::size_t kWorkspaceAlignment = 256;

struct Handle {
  int device;
};

struct Preference {
  std::uint64_t workspace = 0;
  std::uint32_t reductions = 7;
  std::array<std::uint32_t, 4> alignments = {256, 256, 256, 256};  // of a, b, c and d
};

// What an algorithm was found for.
struct Problem {
  int device = 0;
  Operation operation;
  Layout a, b, c, d;
  std::array<std::uint32_t, 4> alignments{};
  std::size_t workspace = 0;
};

struct Algorithm {
  std::uint64_t data[8];
};

struct Found {
  Algorithm algorithm;
  std::size_t workspace;
  int status;
  float waves;
  int reserved[4];
};

// Never destroyed: programs may call until they end.
struct State {
  Handles<Handle> handles;
  Handles<Operation> operations;
  Handles<Layout> layouts;
  Handles<Preference> preferences;
  std::mutex mutex;  // of problems
  std::vector<Problem> problems;
  std::atomic<std::uint64_t> live_handles = 0, live_descriptors = 0, refused = 0, by_tf32 = 0, with_workspace = 0;
};

State& state() {
  static auto* const instance = new State;
  return *instance;
}

int refuse(const char* name, const std::string& why) {
  std::fprintf(stderr, "fake_cublasLt: %s: %s\n", name, why.c_str());
  ++state().refused;
  return kInvalidValue;
}

// body() gives what is wrong, or nothing.
template <class Body>
int api(const char* name, Body body) {
  if (const int code = fake_cuda::book_call_of_library(name); code != 0) return code;
  if (fake_cuda::current_device_number() < 0) return kNotInitialized;
  const std::string wrong = body();
  return wrong.empty() ? kSuccess : refuse(name, wrong);
}

template <class Object>
int create(const char* name, Object** to, Handles<Object>& all, std::atomic<std::uint64_t>& live, Object object) {
  return api(name, [&]() -> std::string {
    if (to == nullptr) return "nowhere to put it";
    *to = all.add(std::make_shared<Object>(object));
    ++live;
    return "";
  });
}

template <class Object>
int destroy(const char* name, Object* object, Handles<Object>& all, std::atomic<std::uint64_t>& live) {
  return api(name, [&]() -> std::string {
    if (all.remove(object) == nullptr) return "it does not exist";
    --live;
    return "";
  });
}

template <class Value>
std::string set(Value& value, const void* from, std::size_t bytes) {
  if (from == nullptr || bytes != sizeof value) return "an attribute of " + std::to_string(bytes) + " bytes";
  std::memcpy(&value, from, bytes);
  return "";
}

std::string problem_with(const Operation& o, const Layout& a, const Layout& b, const Layout& c, const Layout& d) {
  for (const Layout* m : {&a, &b, &c, &d}) {
    if (m->type != a.type) return "matrices of several types";
    if (m->rows == 0 || m->columns == 0) return "a matrix without elements";
    if (m->leading < static_cast<std::int64_t>(m->rows)) return "a leading dimension less than the rows";
    if (m->count < 1 || m->count != d.count) return "batches of several sizes";
    if (m->step < 0) return "a negative step from matrix to matrix";
  }
  const bool is_double = o.compute == kAsFloat64;
  if (!is_double && o.compute != kAsFloat32 && o.compute != kAsTf32) return "an unknown type to compute in";
  if (o.scale != (is_double ? kFloat64 : kFloat32)) return "a type of factors that is not what is computed in";
  if ((a.type == kFloat64) != is_double || (o.compute == kAsTf32 && a.type != kFloat32))
    return "a type of matrices that is not computed so";
  if (!(c == d)) return "a sum and a result of several layouts";
  if (d.count > 1 && d.step < static_cast<std::int64_t>(d.columns - 1) * d.leading + static_cast<std::int64_t>(d.rows))
    return "results that overlap";
  const auto rows = [](const Layout& m, int turn) { return turn != 0 ? m.columns : m.rows; };
  const auto columns = [](const Layout& m, int turn) { return turn != 0 ? m.rows : m.columns; };
  if (rows(a, o.turn_a) != d.rows || columns(b, o.turn_b) != d.columns || columns(a, o.turn_a) != rows(b, o.turn_b))
    return "extents that do not fit each other";
  return "";
}

// A product as its arguments say, checked but for addresses.
std::string read_problem(const void* handle, const void* operation, const std::array<const void*, 4>& layouts,
                         Problem& to) {
  const auto h = state().handles.find(handle);
  const auto o = state().operations.find(operation);
  if (h == nullptr || o == nullptr) return "a handle or a descriptor that does not exist";
  if (h->device != fake_cuda::current_device_number()) return "a handle of another device than the current one";
  to.device = h->device;
  to.operation = *o;
  Layout* const places[] = {&to.a, &to.b, &to.c, &to.d};
  for (std::size_t k = 0; k < layouts.size(); ++k) {
    const auto layout = state().layouts.find(layouts[k]);
    if (layout == nullptr) return "a layout that does not exist";
    *places[k] = *layout;
  }
  return problem_with(to.operation, to.a, to.b, to.c, to.d);
}

std::string wrong_place(const Problem& p, std::size_t which, const void* data) {
  static constexpr const char* kNames[] = {"a", "b", "c", "d"};
  const Layout* const layouts[] = {&p.a, &p.b, &p.c, &p.d};
  const auto address = reinterpret_cast<std::uint64_t>(data);
  if (address % p.alignments[which] != 0)
    return std::string(kNames[which]) + " is less aligned than the algorithm was asked for";
  if (!fake_cuda::is_allocated(p.device, address, layouts[which]->bytes()))
    return std::string(kNames[which]) + " is not in one allocation of the device";
  return "";
}

}  // namespace

FAKE_CUBLASLT_API const char* cublasLtGetStatusName(int status) {
  switch (status) {
    case kSuccess: return "CUBLAS_STATUS_SUCCESS";
    case kNotInitialized: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case 3: return "CUBLAS_STATUS_ALLOC_FAILED";
    case kInvalidValue: return "CUBLAS_STATUS_INVALID_VALUE";
    case kExecutionFailed: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case 14: return "CUBLAS_STATUS_INTERNAL_ERROR";
    case kNotSupported: return "CUBLAS_STATUS_NOT_SUPPORTED";
    default: return "unknown";
  }
}

FAKE_CUBLASLT_API int cublasLtCreate(Handle** handle) {
  return create("cublasLtCreate", handle, state().handles, state().live_handles,
                Handle{fake_cuda::current_device_number()});
}

FAKE_CUBLASLT_API int cublasLtDestroy(Handle* handle) {
  return destroy("cublasLtDestroy", handle, state().handles, state().live_handles);
}

FAKE_CUBLASLT_API int cublasLtMatmulDescCreate(Operation** operation, int compute, int scale) {
  return create("cublasLtMatmulDescCreate", operation, state().operations, state().live_descriptors,
                Operation{compute, scale});
}

FAKE_CUBLASLT_API int cublasLtMatmulDescDestroy(Operation* operation) {
  return destroy("cublasLtMatmulDescDestroy", operation, state().operations, state().live_descriptors);
}

FAKE_CUBLASLT_API int cublasLtMatmulDescSetAttribute(Operation* operation, int attribute, const void* from,
                                                     std::size_t bytes) {
  return api("cublasLtMatmulDescSetAttribute", [&]() -> std::string {
    const auto o = state().operations.find(operation);
    if (o == nullptr) return "a descriptor that does not exist";
    if (attribute != 3 && attribute != 4) return "an attribute that is not known here";
    std::int32_t turn = 0;
    if (std::string wrong = set(turn, from, bytes); !wrong.empty()) return wrong;
    if (turn != 0 && turn != 1) return "neither as it is nor transposed";
    (attribute == 3 ? o->turn_a : o->turn_b) = turn;
    return "";
  });
}

FAKE_CUBLASLT_API int cublasLtMatrixLayoutCreate(Layout** layout, int type, std::uint64_t rows, std::uint64_t columns,
                                                 std::int64_t leading) {
  if (size_of(type) == 0) return refuse("cublasLtMatrixLayoutCreate", "an unknown type");
  return create("cublasLtMatrixLayoutCreate", layout, state().layouts, state().live_descriptors,
                Layout{type, rows, columns, leading});
}

FAKE_CUBLASLT_API int cublasLtMatrixLayoutDestroy(Layout* layout) {
  return destroy("cublasLtMatrixLayoutDestroy", layout, state().layouts, state().live_descriptors);
}

FAKE_CUBLASLT_API int cublasLtMatrixLayoutSetAttribute(Layout* layout, int attribute, const void* from,
                                                       std::size_t bytes) {
  return api("cublasLtMatrixLayoutSetAttribute", [&]() -> std::string {
    const auto l = state().layouts.find(layout);
    if (l == nullptr) return "a layout that does not exist";
    switch (attribute) {
      case 5: return set(l->count, from, bytes);
      case 6: return set(l->step, from, bytes);
      default: return "an attribute that is not known here";
    }
  });
}

FAKE_CUBLASLT_API int cublasLtMatmulPreferenceCreate(Preference** preference) {
  return create("cublasLtMatmulPreferenceCreate", preference, state().preferences, state().live_descriptors,
                Preference{});
}

FAKE_CUBLASLT_API int cublasLtMatmulPreferenceDestroy(Preference* preference) {
  return destroy("cublasLtMatmulPreferenceDestroy", preference, state().preferences, state().live_descriptors);
}

FAKE_CUBLASLT_API int cublasLtMatmulPreferenceSetAttribute(Preference* preference, int attribute, const void* from,
                                                           std::size_t bytes) {
  return api("cublasLtMatmulPreferenceSetAttribute", [&]() -> std::string {
    const auto p = state().preferences.find(preference);
    if (p == nullptr) return "a preference that does not exist";
    switch (attribute) {
      case 1: return set(p->workspace, from, bytes);
      case 3: return set(p->reductions, from, bytes);
      case 5:
      case 6:
      case 7:
      case 8: {
        std::uint32_t alignment = 0;
        std::string wrong = set(alignment, from, bytes);
        if (wrong.empty() && (alignment == 0 || alignment > 256 || (alignment & (alignment - 1)) != 0))
          wrong = "an alignment that is no power of 2 up to 256";
        if (wrong.empty()) p->alignments[static_cast<std::size_t>(attribute - 5)] = alignment;
        return wrong;
      }
      default: return "an attribute that is not known here";
    }
  });
}

// One algorithm: it wants a workspace for long sums, where it is allowed one.
FAKE_CUBLASLT_API int cublasLtMatmulAlgoGetHeuristic(Handle* handle, Operation* operation, Layout* a, Layout* b,
                                                     Layout* c, Layout* d, Preference* preference, int wanted,
                                                     Found* found, int* count) {
  return api("cublasLtMatmulAlgoGetHeuristic", [&]() -> std::string {
    const auto p = state().preferences.find(preference);
    if (p == nullptr || found == nullptr || count == nullptr || wanted < 1) return "no preference, or no place";
    Problem problem;
    if (std::string wrong = read_problem(handle, operation, {a, b, c, d}, problem); !wrong.empty()) return wrong;
    problem.alignments = p->alignments;
    const std::uint64_t terms = problem.operation.turn_a != 0 ? problem.a.rows : problem.a.columns;
    if (terms >= 64) problem.workspace = std::min<std::size_t>(p->workspace, 64 << 10);
    const std::lock_guard lock(state().mutex);
    *found = {{{kIssued, state().problems.size()}}, problem.workspace, kSuccess, 1, {}};
    *count = 1;
    state().problems.push_back(problem);
    return "";
  });
}

FAKE_CUBLASLT_API int cublasLtMatmul(Handle* handle, Operation* operation, const void* alpha, const void* a_data,
                                     Layout* a, const void* b_data, Layout* b, const void* beta, const void* c_data,
                                     Layout* c, void* d_data, Layout* d, const Algorithm* algorithm, void* workspace,
                                     std::size_t workspace_bytes, void* stream) {
  int failed = 0;
  const int status = api("cublasLtMatmul", [&]() -> std::string {
    Problem problem;
    if (std::string wrong = read_problem(handle, operation, {a, b, c, d}, problem); !wrong.empty()) return wrong;
    if (alpha == nullptr || beta == nullptr) return "no factors";
    Problem found;
    {
      const std::lock_guard lock(state().mutex);
      if (algorithm == nullptr || algorithm->data[0] != kIssued || algorithm->data[1] >= state().problems.size())
        return "an algorithm that was never found";
      found = state().problems[algorithm->data[1]];
    }
    if (found.device != problem.device || !(found.operation == problem.operation) || !(found.a == problem.a) ||
        !(found.b == problem.b) || !(found.d == problem.d))
      return "an algorithm that was found for another product";
    const void* const data[] = {a_data, b_data, c_data, d_data};
    for (std::size_t k = 0; k < 4; ++k)
      if (std::string wrong = wrong_place(found, k, data[k]); !wrong.empty()) return wrong;
    if (workspace_bytes < found.workspace) return "a workspace smaller than the algorithm needs";
    const auto at = [](const void* pointer) { return reinterpret_cast<std::uint64_t>(pointer); };
    if (found.workspace != 0 && (at(workspace) % kWorkspaceAlignment != 0 ||
                                 !fake_cuda::is_allocated(found.device, at(workspace), workspace_bytes)))
      return "a workspace that is not aligned, or not in one allocation of the device";
    const auto overlap = [&](const void* x, const Layout& m) {
      return at(x) < at(d_data) + found.d.bytes() && at(d_data) < at(x) + m.bytes();
    };
    if (overlap(a_data, found.a) || overlap(b_data, found.b)) return "a result where an operand is";
    const auto factor = [&](const void* value) {
      return found.operation.scale == kFloat64 ? *static_cast<const double*>(value)
                                               : static_cast<double>(*static_cast<const float*>(value));
    };
    const Multiplication product{found.operation, found.a, found.b, found.d, factor(alpha), factor(beta)};
    const int device = found.device;
    const std::size_t poisoned = found.workspace;
    failed = fake_cuda::push_work(stream, [=] {
      using fake_cuda::memory_at;
      const char* const x = memory_at(device, at(a_data), product.a.bytes());
      const char* const y = memory_at(device, at(b_data), product.b.bytes());
      const char* const z = memory_at(device, at(c_data), product.d.bytes());
      char* const result = memory_at(device, at(d_data), product.d.bytes());
      char* const scratch = poisoned != 0 ? memory_at(device, at(workspace), poisoned) : result;
      if (x == nullptr || y == nullptr || z == nullptr || result == nullptr || scratch == nullptr)
        return static_cast<int>(fake_cuda::Result::IllegalAddress);
      if (poisoned != 0) std::memset(scratch, fake_cuda::kPoison, poisoned);
      product.run(x, y, z, result);
      return 0;
    });
    if (failed == static_cast<int>(fake_cuda::Result::InvalidHandle)) return "a stream that is none of the device's";
    if (failed == 0 && found.operation.compute == kAsTf32) ++state().by_tf32;
    if (failed == 0 && found.workspace != 0) ++state().with_workspace;
    return "";
  });
  return status == kSuccess && failed != 0 ? kExecutionFailed : status;
}

FAKE_CUBLASLT_API void fake_cublaslt_read_counts(FakeCublasLtCounts* counts) {
  const State& s = state();
  *counts = {s.live_handles, s.live_descriptors, s.refused, s.by_tf32, s.with_workspace};
}
