#pragma once

// Only what is marked INGOT_API leaves the shared library: everything else is compiled with hidden visibility.
#define INGOT_API __attribute__((visibility("default")))

#define INGOT_VERSION_MAJOR 0
#define INGOT_VERSION_MINOR 1
#define INGOT_VERSION_PATCH 0
#define INGOT_VERSION "0.1.0"
