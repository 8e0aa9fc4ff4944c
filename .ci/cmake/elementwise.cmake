# Writes ingot/elementwise.hpp and ingot/value_functions.hpp from the op table:
# cmake -DOPS=kernels/ops.def -DOUTPUT=... -DVALUES=... -P elementwise.cmake
set(operands_Any "any computable dtype")
set(operands_Number "integers and floats")
set(operands_Integral "bool and integers")
set(operands_Integer "integers (bool is taken as int8, unless said above)")
set(operands_Float "floats (integers and bool are taken as float64)")
set(operands_Bool "bool (others are compared with zero first)")
set(result_Same "the same dtype")
set(result_Bool "bool")

# ";" and brackets mean something to CMake's lists; they do not occur as these bytes.
string(ASCII 1 semicolon)
string(ASCII 2 left)
string(ASCII 3 right)
file(READ ${OPS} text)
string(REPLACE ";" "${semicolon}" text "${text}")
string(REPLACE "[" "${left}" text "${text}")
string(REPLACE "]" "${right}" text "${text}")
string(REPLACE "\n" ";" lines "${text}")

# Appends words to ${out} as a comment wrapped at 120 columns.
macro(wrap_comment words)
  string(REPLACE " " ";" pieces "${words}")
  set(column "///")
  foreach(piece IN LISTS pieces)
    string(LENGTH "${column} ${piece}" length)
    if(length GREATER 120)
      string(APPEND out "${column}\n")
      set(column "///")
    endif()
    string(APPEND column " ${piece}")
  endforeach()
  string(APPEND out "${column}\n")
endmacro()

set(out "// Generated from kernels/ops.def: the elementwise functions, one per row.
//
// Every operand is an array or a scalar; operands broadcast against each other and are promoted to one dtype, scalars
// being weak. The functions record and return at once. They throw ShapeError for shapes that do not broadcast, TypeError
// for a dtype that the function has no meaning for, and ValueError for a scalar that does not fit the dtype. Error bounds
// hold for float32 and float64; of float16 and bfloat16, the float32 result is rounded once. Complex operands are taken by
// + - * / and negative, abs (whose result is real), sign, round, square, reciprocal, sqrt, exp, exp2, expm1, log, log2,
// log10, log1p, pow, sin, cos, tan, sinh, cosh, tanh and their inverses, isnan, isinf, isfinite, the logical functions,
// equal, not_equal and where, with the special cases of the array API standard and the branch cuts of C; the other
// functions throw TypeError for them. Errors of complex results are of the norm, and at most 4 units of 2^-53 of it
// (complex64: 2^-24), that is 2 to 4 ULP, with two exceptions. pow of complex128 to a power that is no whole literal loses
// another 4 |y log x| units. exp2 keeps to it where the imaginary part is below 2^26 (complex64: 2^11).
#pragma once

#include \"ingot/array.hpp\"

namespace ingot {
")

set(values "// Generated from kernels/ops.def: the elementwise functions for the Values of ingot/user_ops.hpp.
#pragma once

#include \"ingot/export.hpp\"

namespace ingot {

class Value${semicolon}
class ValueOperand${semicolon}

namespace detail {
// A base of both, so that these functions are found where one of the arguments is a Value, and nowhere else.
struct ValueFunctions {
")

set(field "[ ]*([^,]*[^, ])[ ]*,")
set(count 0)
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^INGOT_OP\\(")
    continue()
  endif()
  if(NOT line MATCHES "^INGOT_OP\\(${field}${field}${field}${field}${field}${field}${field}${field}${field}[ ]*\".*\"\\)[ ]*$")
    message(FATAL_ERROR "${OPS}: not a row of the op table: ${line}")
  endif()
  set(name ${CMAKE_MATCH_1})
  set(arity ${CMAKE_MATCH_2})
  set(operands ${CMAKE_MATCH_3})
  set(result ${CMAKE_MATCH_4})
  set(ulp ${CMAKE_MATCH_7})
  string(REGEX MATCH "\"(.*)\"\\)[ ]*$" doc "${line}")
  set(doc "${CMAKE_MATCH_1}")
  if(operands MATCHES "^(Index|Fast)$")
    continue()
  endif()
  if(NOT DEFINED operands_${operands} OR NOT DEFINED result_${result})
    message(FATAL_ERROR "${OPS}: ${name}: unknown operands ${operands} or result ${result}")
  endif()

  if(ulp STREQUAL "0")
    set(error "exact")
  elseif(ulp STREQUAL "0.5")
    set(error "correctly rounded")
  elseif(ulp MATCHES "^-(.*)")
    set(error "at most ${CMAKE_MATCH_1} ULP (provisional)")
  else()
    set(error "at most ${ulp} ULP")
  endif()
  if(arity EQUAL 1)
    set(parameters "const Operand& x")
  elseif(name STREQUAL "atan2")
    set(parameters "const Operand& y, const Operand& x")
  elseif(arity EQUAL 2)
    set(parameters "const Operand& x, const Operand& y")
  elseif(name STREQUAL "where")
    set(parameters "const Operand& condition, const Operand& x, const Operand& y")
  elseif(name STREQUAL "clip")
    set(parameters "const Operand& x, const Operand& low, const Operand& high")
  elseif(arity EQUAL 3)
    set(parameters "const Operand& x, const Operand& y, const Operand& z")
  else()
    message(FATAL_ERROR "${OPS}: ${name}: elementwise.cmake does not know the parameter names of an op of ${arity} operands")
  endif()
  # A doc that opens with a word opens a sentence; one that opens with a formula stays as it is.
  if(doc MATCHES "^([a-z])([a-z].*)$")
    string(TOUPPER ${CMAKE_MATCH_1} initial)
    set(doc "${initial}${CMAKE_MATCH_2}")
  endif()
  string(APPEND out "\n")
  wrap_comment("${doc}. Operands: ${operands_${operands}}. Result: ${result_${result}}, ${error}.")
  string(APPEND out "INGOT_API Array ${name}(${parameters});\n")
  string(REPLACE "Operand" "ValueOperand" value_parameters "${parameters}")
  string(APPEND values "  friend INGOT_API Value ${name}(${value_parameters})${semicolon}\n")
  math(EXPR count "${count} + 1")
endforeach()
if(count EQUAL 0)
  message(FATAL_ERROR "${OPS}: no rows found")
endif()

string(APPEND out "\n}  // namespace ingot\n")
string(REPLACE "${semicolon}" ";" out "${out}")
string(REPLACE "${left}" "[" out "${out}")
string(REPLACE "${right}" "]" out "${out}")
file(WRITE ${OUTPUT} "${out}")
string(APPEND values "}${semicolon}\n}  // namespace detail\n\n}  // namespace ingot\n")
string(REPLACE "${semicolon}" ";" values "${values}")
file(WRITE ${VALUES} "${values}")
