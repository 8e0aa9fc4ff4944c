// The books, and the failures that tests have ordered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fake_cuda.h"
#include "result.h"
#include "settings.h"

namespace fake_cuda {

/// Counts a call and gives the failure that is due; its code is 0 if there is none.
Failure count_call(const char* name);

std::uint64_t calls(const char* name);

/// Adds to a member of the books.
void book(std::uint64_t FakeCudaBooks::* member, std::uint64_t by = 1);

/// Adds what one block did at memory.
void book_traced(const FakeCudaBooks& block);

/// Changes what is live, and with it the peak.
void book_live(std::uint64_t FakeCudaBooks::* member, std::int64_t by);

FakeCudaBooks read_books();
void reset_books();

void order(const Failure& failure);
void clear_failures();

}  // namespace fake_cuda
