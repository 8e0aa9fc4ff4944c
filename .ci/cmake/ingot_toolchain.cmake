# Compilers and flags shared by everything: host code by the user's C++ compiler, kernels by clang 19.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
if(NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
  message(FATAL_ERROR "Ingot needs a 64-bit target.")
endif()

find_program(INGOT_CLANG NAMES clang++-19 PATHS /usr/lib/llvm-19/bin DOC "clang++ 19, which compiles kernels/")
if(NOT INGOT_CLANG)
  message(FATAL_ERROR "clang++-19 was not found, and kernels/ needs it: install the Debian packages clang-19 and llvm-19-dev, or set INGOT_CLANG.")
endif()

find_program(INGOT_CCACHE ccache DOC "Compiler cache, used where it is installed")
mark_as_advanced(INGOT_CLANG INGOT_CCACHE)
set(ingot_launcher "")
if(INGOT_CCACHE)
  set(ingot_launcher ${INGOT_CCACHE})
endif()
if(INGOT_CCACHE AND PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${INGOT_CCACHE})
endif()

if(INGOT_PORTABLE)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)  # OpenMP's runtime, MPFR, GMP
  add_link_options(-static-libstdc++ -static-libgcc)
endif()

find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Threads REQUIRED)

if(PROJECT_IS_TOP_LEVEL)
  # One folder for every library: the module that is opened at run time is then found beside libingot.
  set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
  set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

# Every symbol of a library must be found when it is linked; the sanitizers leave theirs to the program.
set(ingot_no_undefined -Wl,-z,defs)
if(INGOT_SANITIZE)
  set(ingot_no_undefined)
endif()

# Flags of every target of ours; never passed on to those who link it.
add_library(ingot_flags INTERFACE)
target_compile_features(ingot_flags INTERFACE cxx_std_20)
target_compile_options(ingot_flags INTERFACE -Wall -Wextra -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(ingot_flags INTERFACE -Wno-restrict)  # false alarms on "literal" + std::string at -O3 (GCC bug 105329)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  target_compile_options(ingot_flags INTERFACE -Wno-deprecated-declarations)  # libstdc++ 12's own std::stable_sort
endif()
if(INGOT_WERROR)
  target_compile_options(ingot_flags INTERFACE -Werror)
endif()
if(INGOT_DEBUG)
  target_compile_definitions(ingot_flags INTERFACE INGOT_DEBUG)
  target_compile_options(ingot_flags INTERFACE -UNDEBUG)
endif()
target_compile_definitions(ingot_flags INTERFACE
  $<$<BOOL:${INGOT_LLVM}>:INGOT_WITH_LLVM>
  $<$<BOOL:${INGOT_CUDA}>:INGOT_WITH_CUDA>)
target_include_directories(ingot_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(INGOT_SANITIZE)
  # vptr needs RTTI, which code beside LLVM is compiled without; function reads what clang puts before its functions, and
  # before a generated one nothing may be read.
  set(ingot_sanitize_flags -fsanitize=${INGOT_SANITIZE} -fno-sanitize=vptr,function -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(ingot_flags INTERFACE ${ingot_sanitize_flags})
  target_link_options(ingot_flags INTERFACE ${ingot_sanitize_flags})
endif()
