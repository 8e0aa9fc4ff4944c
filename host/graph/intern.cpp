#include "host/graph/intern.h"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>
#include <vector>

#include "host/base/hash.h"

namespace ingot::graph {
namespace {

// Everything here lives until the process ends: arrays in static storage are destroyed after any object of ours would
// be.
// With its hash, so that a probe that meets another node need not touch that node's memory.
struct Slot {
  std::uint64_t hash = 0;
  Node* node = nullptr;
};

struct Table {
  std::mutex mutex;
  std::vector<Slot> slots = std::vector<Slot>(1024);  // open addressing, linear probing
  std::size_t used = 0;
  std::vector<void*> free;
  std::int64_t pending = 0;
};

Table& table() {
  static Table* const instance = new Table;
  return *instance;
}

std::uint64_t hash_of(const Node& n) {
  const auto input = [&](int i) { return std::bit_cast<std::uintptr_t>(n.inputs[i]); };
  // No kind of node has both bits and an offset.
  std::uint64_t h = mix(static_cast<std::uint64_t>(n.routine) << 56 | static_cast<std::uint64_t>(n.kind) << 48 |
                            static_cast<std::uint64_t>(n.dtype) << 40 | static_cast<std::uint64_t>(n.op) << 32 |
                            static_cast<std::uint64_t>(n.reducer) << 24 | static_cast<std::uint64_t>(n.weak) << 16 |
                            static_cast<std::uint64_t>(n.first_reduced) << 8 | n.input_count,
                        n.bits ^ static_cast<std::uint64_t>(n.offset));
  if (n.input_count != 0) h = mix(h ^ input(0), input(1));
  if (n.input_count > 2) h = mix(h, input(2));
  for (std::int64_t d : n.shape) h = mix(h, static_cast<std::uint64_t>(d));
  for (std::int64_t d : n.dims) h = mix(h, static_cast<std::uint64_t>(d));
  return h;
}

bool equal(const Node& a, const Node& b) {
  return a.kind == b.kind && a.dtype == b.dtype && a.op == b.op && a.reducer == b.reducer && a.routine == b.routine &&
         a.weak == b.weak && a.first_reduced == b.first_reduced && a.input_count == b.input_count && a.bits == b.bits &&
         a.offset == b.offset && std::equal(a.inputs, a.inputs + Node::kMaxInputs, b.inputs) && a.shape == b.shape &&
         a.dims == b.dims;
}

bool try_add_ref(Node* n) {
  std::uint32_t refs = n->refs.load(std::memory_order_relaxed);
  while (refs != 0)
    if (n->refs.compare_exchange_weak(refs, refs + 1, std::memory_order_relaxed)) return true;
  return false;
}

void insert(std::vector<Slot>& slots, Slot slot) {
  std::size_t at = slot.hash & (slots.size() - 1);
  while (slots[at].node != nullptr) at = (at + 1) & (slots.size() - 1);
  slots[at] = slot;
}

void erase(Table& t, const Node* n) {
  const std::size_t mask = t.slots.size() - 1;
  std::size_t hole = n->hash & mask;
  while (t.slots[hole].node != n) hole = (hole + 1) & mask;
  // Linear probing without tombstones: later entries of the run move up into the hole.
  for (std::size_t next = (hole + 1) & mask; t.slots[next].node != nullptr; next = (next + 1) & mask) {
    const std::size_t home = t.slots[next].hash & mask;
    if (((next - home) & mask) >= ((next - hole) & mask)) {
      t.slots[hole] = t.slots[next];
      hole = next;
    }
  }
  t.slots[hole].node = nullptr;
  --t.used;
}

}  // namespace

std::mutex& lock() { return table().mutex; }

Node* allocate() {
  Table& t = table();
  if (t.free.empty()) return new Node;
  void* memory = t.free.back();
  t.free.pop_back();
  return new (memory) Node;
}

void discard(Node* node) {
  for (int i = 0; i < node->input_count; ++i) node->inputs[i]->refs.fetch_sub(1, std::memory_order_relaxed);
  node->~Node();
  table().free.push_back(node);
}

NodeRef intern(Node* node) {
  Table& t = table();
  node->hash = hash_of(*node);
  const std::size_t mask = t.slots.size() - 1;
  for (std::size_t at = node->hash & mask; t.slots[at].node != nullptr; at = (at + 1) & mask) {
    Node* found = t.slots[at].node;
    if (t.slots[at].hash == node->hash && equal(*found, *node) && try_add_ref(found)) {
      discard(node);  // its inputs are inputs of the found node too, so none of them dies of this
      return NodeRef::adopt(found);
    }
  }
  if (2 * (t.used + 1) > t.slots.size()) {
    std::vector<Slot> bigger(2 * t.slots.size());
    for (const Slot& slot : t.slots)
      if (slot.node != nullptr) insert(bigger, slot);
    t.slots.swap(bigger);
  }
  insert(t.slots, {node->hash, node});
  ++t.used;
  node->interned = true;
  if (node->pending != 0) ++t.pending;
  return NodeRef::adopt(node);
}

void forget(Node* node) {
  Table& t = table();
  if (!node->interned) return;
  erase(t, node);
  node->interned = false;
  if (node->pending != 0) --t.pending;
}

void drop_inputs(Node* node, Node*& dead) {
  for (int i = 0; i < node->input_count; ++i) {
    Node* input = std::exchange(node->inputs[i], nullptr);
    if (input->refs.fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
    input->next = dead;
    dead = input;
  }
  node->input_count = 0;
}

void bury(Node* dead) {
  Table& t = table();
  while (dead != nullptr) {
    StorageRef storage;  // freed outside the lock: a deleter may be the user's own
    const std::scoped_lock guard(t.mutex);
    while (dead != nullptr && !storage) {
      Node* node = std::exchange(dead, dead->next);
      forget(node);
      drop_inputs(node, dead);
      storage = std::move(node->storage);
      node->~Node();
      t.free.push_back(node);
    }
  }
}

std::int64_t pending_nodes() { return table().pending; }

void Node::release() noexcept {
  if (refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  next = nullptr;
  bury(this);
}

}  // namespace ingot::graph
