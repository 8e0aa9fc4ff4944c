#include "calls.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "trace.h"

namespace fake_cuda {
namespace {

struct Ledger {
  std::mutex mutex;
  FakeCudaBooks books{};
  std::map<std::string, std::uint64_t, std::less<>> calls;
  std::uint64_t all_calls = 0;
  std::vector<Failure> failures;
};

// Never destroyed: streams may still run when the process ends.
Ledger& ledger() {
  static Ledger* const instance = new Ledger;
  return *instance;
}

}  // namespace

Failure count_call(const char* name) {
  Ledger& l = ledger();
  const std::lock_guard lock(l.mutex);
  ++l.all_calls;
  const auto found = l.calls.find(name);
  found != l.calls.end() ? ++found->second : l.calls[name] = 1;
  Failure due;
  std::erase_if(l.failures, [&](Failure& failure) {
    if ((!failure.call.empty() && failure.call != name) || --failure.nth > 0) return false;
    due = failure;
    return true;
  });
  return due;
}

std::uint64_t calls(const char* name) {
  Ledger& l = ledger();
  const std::lock_guard lock(l.mutex);
  if (name == nullptr) return l.all_calls;
  const auto found = l.calls.find(name);
  return found != l.calls.end() ? found->second : 0;
}

void book(std::uint64_t FakeCudaBooks::* member, std::uint64_t by) {
  Ledger& l = ledger();
  const std::lock_guard lock(l.mutex);
  l.books.*member += by;
}

void book_traced(const FakeCudaBooks& block) {
  Ledger& l = ledger();
  const std::lock_guard lock(l.mutex);
  add_traced(l.books, block);
}

void book_live(std::uint64_t FakeCudaBooks::* member, std::int64_t by) {
  Ledger& l = ledger();
  const std::lock_guard lock(l.mutex);
  l.books.*member += static_cast<std::uint64_t>(by);
  l.books.bytes_peak = std::max(l.books.bytes_peak, l.books.bytes_live);
}

FakeCudaBooks read_books() {
  Ledger& l = ledger();
  const std::lock_guard lock(l.mutex);
  return l.books;
}

void reset_books() {
  Ledger& l = ledger();
  const std::lock_guard lock(l.mutex);
  const FakeCudaBooks old = l.books;
  l.books = {};
  l.books.bytes_peak = l.books.bytes_live = old.bytes_live;
  l.books.allocations_live = old.allocations_live;
  l.books.host_bytes_live = old.host_bytes_live;
  l.books.modules_live = old.modules_live;
  l.books.streams_live = old.streams_live;
  l.books.events_live = old.events_live;
  l.books.contexts_live = old.contexts_live;
  l.calls.clear();
  l.all_calls = 0;
}

void order(const Failure& failure) {
  Ledger& l = ledger();
  const std::lock_guard lock(l.mutex);
  l.failures.push_back(failure);
}

void clear_failures() {
  Ledger& l = ledger();
  const std::lock_guard lock(l.mutex);
  l.failures.clear();
}

}  // namespace fake_cuda
