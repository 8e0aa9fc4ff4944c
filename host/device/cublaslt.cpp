#include "host/device/cublaslt.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

#include "host/base/error.h"
#include "host/base/log.h"

namespace ingot::cuda {
namespace {

using lt::Functions;

constexpr std::uint64_t kMostWorkspace = std::uint64_t{32} << 20;  // what NVIDIA advises for Hopper
constexpr std::uint32_t kMostAlignment = 256;
constexpr std::size_t kMostClasses = 4096;  // of one device; beyond, all are found anew

struct Library {
  Functions functions;
  const char* (*name)(lt::Status) = nullptr;
  std::string reason;  // why it cannot be used
};

void* open_newest(std::string& reason) {
  if (const char* const named = std::getenv("INGOT_LIBCUBLASLT"); named != nullptr) {
    void* const library = dlopen(named, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) reason = text("no cuBLASLt: ", dlerror(), " (INGOT_LIBCUBLASLT)");
    return library;
  }
  for (const char* file :
       {"libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so", "/usr/local/cuda/lib64/libcublasLt.so"})
    if (void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL)) return library;
  reason =
      "no cuBLASLt: libcublasLt.so.13, .so.12 and .so were looked for where shared libraries are and in "
      "/usr/local/cuda/lib64; INGOT_LIBCUBLASLT names another file";
  return nullptr;
}

Library open() {
  Library opened;
  void* const library = open_newest(opened.reason);
  if (library == nullptr) return opened;
  const auto bind = [&](auto& function, const char* symbol) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, symbol));
    if (function == nullptr && opened.reason.empty())
      opened.reason = text("no cuBLASLt: the library has no function ", symbol, "; use 12.0 or newer");
  };
#define INGOT_CUBLASLT(member, name, ...) bind(opened.functions.member, #name);
#include "host/device/cublaslt.def"
  bind(opened.name, "cublasLtGetStatusName");
  return opened;
}

const Library& library() {
  static const auto* const instance = new Library(open());
  return *instance;
}

template <auto kDestroy>
struct Destroy {
  template <class Object>
  void operator()(Object* object) const {
    (library().functions.*kDestroy)(object);
  }
};
using OwnedOperation = std::unique_ptr<lt::OperationOf, Destroy<&Functions::operation_destroy>>;
using OwnedLayout = std::unique_ptr<lt::LayoutOf, Destroy<&Functions::layout_destroy>>;
using OwnedPreference = std::unique_ptr<lt::PreferenceOf, Destroy<&Functions::preference_destroy>>;

struct Alignments {
  std::uint32_t a, b, d;
  friend auto operator<=>(const Alignments&, const Alignments&) = default;
};

std::uint32_t alignment(Address address) {
  return static_cast<std::uint32_t>(std::min<Address>(address & (~address + 1), kMostAlignment));
}

std::string describe(const Product& p) {
  const char* const type = p.type == lt::Type::Float64   ? "float64"
                           : p.type == lt::Type::Float16 ? "float16"
                           : p.type == lt::Type::Float32 ? "float32"
                                                         : "bfloat16";
  const auto rows = [](const Matrices& m) { return m.transposed ? m.columns : m.rows; };
  const auto columns = [](const Matrices& m) { return m.transposed ? m.rows : m.columns; };
  return text(p.count, " of (", columns(p.b), ", ", rows(p.b), ") x (", columns(p.a), ", ", rows(p.a), ") of ", type,
              p.tf32 ? " by TF32" : "");
}

const Functions& functions() { return library().functions; }

// Of the library's calls for one product.
class Checks {
 public:
  Checks(const Product& product, Gpu& gpu) : product_(product), gpu_(gpu) {}

  void operator()(lt::Status status, const char* name) const {
    if (status == lt::Status::Success) [[likely]]
      return;
    gpu_.synchronize();  // nothing that was begun may touch memory that is handed out again
    throw DeviceError(text("cuda(", gpu_.ordinal(), "): ", name, " failed with ", library().name(status), " for ",
                           describe(product_)));
  }

 private:
  const Product& product_;
  Gpu& gpu_;
};

// What a class of products needs at every launch.
struct Plan {
  OwnedOperation operation;
  OwnedLayout a, b, d;
  lt::Algorithm algorithm{};
  std::size_t workspace = 0;
  bool found = false;  // an algorithm
};

OwnedLayout make_layout(const Product& product, const Matrices& matrices, const Checks& check) {
  lt::Layout made = nullptr;
  check(functions().layout_create(&made, product.type, static_cast<std::uint64_t>(matrices.rows),
                                  static_cast<std::uint64_t>(matrices.columns), matrices.leading),
        "cublasLtMatrixLayoutCreate");
  OwnedLayout layout(made);
  const auto set = [&](lt::LayoutAttribute attribute, const auto& value) {
    check(functions().layout_set(made, attribute, &value, sizeof value), "cublasLtMatrixLayoutSetAttribute");
  };
  if (product.count == 1) return layout;
  set(lt::LayoutAttribute::BatchCount, static_cast<std::int32_t>(product.count));
  set(lt::LayoutAttribute::BatchStep, matrices.step);
  return layout;
}

OwnedOperation make_operation(const Product& product, const Checks& check) {
  const bool is_double = product.type == lt::Type::Float64;
  const lt::Compute computed = is_double      ? lt::Compute::Float64
                               : product.tf32 ? lt::Compute::Tf32
                                              : lt::Compute::Float32;
  lt::Operation made = nullptr;
  check(functions().operation_create(&made, computed, is_double ? lt::Type::Float64 : lt::Type::Float32),
        "cublasLtMatmulDescCreate");
  OwnedOperation operation(made);
  const auto turn = [&](lt::OperationAttribute attribute) {
    check(functions().operation_set(made, attribute, &lt::kTransposed, sizeof lt::kTransposed),
          "cublasLtMatmulDescSetAttribute");
  };
  if (product.a.transposed) turn(lt::OperationAttribute::TransposeA);
  if (product.b.transposed) turn(lt::OperationAttribute::TransposeB);
  return operation;
}

OwnedPreference make_preference(const Alignments& alignments, const Checks& check) {
  using Attribute = lt::PreferenceAttribute;
  lt::Preference made = nullptr;
  check(functions().preference_create(&made), "cublasLtMatmulPreferenceCreate");
  OwnedPreference preference(made);
  const auto set = [&](Attribute attribute, const auto& value) {
    check(functions().preference_set(made, attribute, &value, sizeof value), "cublasLtMatmulPreferenceSetAttribute");
  };
  set(Attribute::Workspace, kMostWorkspace);
  set(Attribute::Reductions, lt::kReduceAsComputed);  // partial sums of 16 bits would be rounded more than once
  set(Attribute::AlignmentA, alignments.a);
  set(Attribute::AlignmentB, alignments.b);
  set(Attribute::AlignmentC, alignments.d);
  set(Attribute::AlignmentD, alignments.d);
  return preference;
}

Plan make_plan(const Product& product, const Alignments& alignments, lt::Handle handle, const Checks& check) {
  Plan plan{.operation = make_operation(product, check),
            .a = make_layout(product, product.a, check),
            .b = make_layout(product, product.b, check),
            .d = make_layout(product, product.d, check)};
  const OwnedPreference preference = make_preference(alignments, check);
  lt::Found found{};
  int count = 0;
  const lt::Status status = functions().find(handle, plan.operation.get(), plan.a.get(), plan.b.get(), plan.d.get(),
                                             plan.d.get(), preference.get(), 1, &found, &count);
  if (status != lt::Status::NotSupported) check(status, "cublasLtMatmulAlgoGetHeuristic");
  plan.found = status == lt::Status::Success && count > 0 && found.status == lt::Status::Success;
  plan.algorithm = found.algorithm;
  plan.workspace = found.workspace;
  return plan;
}

// Of one device; it lives as long as the process, as the device does.
struct Planned {
  lt::Handle handle = nullptr;
  std::map<std::pair<Product, Alignments>, Plan> plans;
};

Planned& planned_for(const Gpu& gpu) {
  static auto* const all = new std::map<int, Planned>;
  return (*all)[gpu.ordinal()];
}

}  // namespace

bool has_cublaslt(std::string* reason) {
  if (reason != nullptr) *reason = library().reason;
  return library().reason.empty();
}

bool multiply(const Product& product, Address a, Address b, Address d, Gpu& gpu) {
  gpu.use();
  const Checks check(product, gpu);
  Planned& planned = planned_for(gpu);
  if (planned.handle == nullptr) check(functions().create(&planned.handle), "cublasLtCreate");
  const std::pair key(product, Alignments{alignment(a), alignment(b), alignment(d)});
  auto known = planned.plans.find(key);
  if (known == planned.plans.end()) {
    Plan plan = make_plan(product, key.second, planned.handle, check);
    if (planned.plans.size() >= kMostClasses) planned.plans.clear();
    known = planned.plans.emplace(key, std::move(plan)).first;
  }
  const Plan& plan = known->second;
  if (!plan.found) return false;
  BlockRef workspace;
  if (plan.workspace != 0) workspace = gpu.allocate(plan.workspace);
  if (plan.workspace != 0 && !workspace) return false;
  const double one = 1, zero = 0;
  const float one_as_float = 1, zero_as_float = 0;
  const bool is_double = product.type == lt::Type::Float64;
  const void* const alpha = is_double ? static_cast<const void*>(&one) : &one_as_float;
  const void* const beta = is_double ? static_cast<const void*>(&zero) : &zero_as_float;
  const auto at = [](Address address) { return reinterpret_cast<void*>(address); };
  check(functions().multiply(planned.handle, plan.operation.get(), alpha, at(a), plan.a.get(), at(b), plan.b.get(),
                             beta, at(d), plan.d.get(), at(d), plan.d.get(), &plan.algorithm,
                             workspace ? at(workspace->address()) : nullptr, plan.workspace, gpu.stream()),
        "cublasLtMatmul");
  return true;
}

}  // namespace ingot::cuda
