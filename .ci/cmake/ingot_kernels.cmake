# kernels/ is compiled by clang 19 whatever the host compiler is: g++ contracts a * b + c and scalarises clang's vector types.
set(ingot_levels Baseline)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
  list(APPEND ingot_levels V3 V4)
  set(ingot_level_flags_Baseline -march=x86-64)
  set(ingot_level_flags_V3 -march=x86-64-v3)
  set(ingot_level_flags_V4 -march=x86-64-v4 -mprefer-vector-width=512)
endif()

set(ingot_kernel_flags
  -std=c++20 -ffp-contract=off -fno-math-errno -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -fno-exceptions -fno-rtti
  -fno-asynchronous-unwind-tables -Wall -Wextra -I${PROJECT_SOURCE_DIR} -I${PROJECT_SOURCE_DIR}/include)
if(INGOT_WERROR)
  list(APPEND ingot_kernel_flags -Werror)
endif()

function(ingot_compile_kernel output source)
  get_filename_component(source ${source} ABSOLUTE)
  file(RELATIVE_PATH shown ${PROJECT_SOURCE_DIR} ${source})
  get_filename_component(name ${output} NAME)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${ingot_launcher} ${INGOT_CLANG} ${ingot_kernel_flags} ${ARGN} -MD -MF ${output}.d -MT ${output} -c ${source} -o ${output}
    DEPENDS ${source}
    DEPFILE ${output}.d
    COMMENT "Compiling kernel ${shown} (${name})"
    VERBATIM)
endfunction()

# ingot_add_kernel_object(SOURCE [LEVELS] [FLAGS flags ...]): one object linked into libingot. With LEVELS, one per CPU
# level of the target, each with INGOT_CPU_LEVEL defined as that level of ingot::cpu::Level (Baseline, V3 or V4).
function(ingot_add_kernel_object source)
  cmake_parse_arguments(PARSE_ARGV 1 arg "LEVELS" "" "FLAGS")
  get_filename_component(stem ${source} NAME_WE)
  set(outputs)
  set(levels Baseline)
  if(arg_LEVELS)
    set(levels ${ingot_levels})
  endif()
  foreach(level IN LISTS levels)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${stem}.o)
    set(flags ${ingot_level_flags_${level}})
    if(arg_LEVELS)
      set(output ${CMAKE_CURRENT_BINARY_DIR}/${stem}.${level}.o)
      list(APPEND flags -DINGOT_CPU_LEVEL=${level})
    endif()
    if(INGOT_SANITIZE MATCHES "address|thread")
      list(APPEND flags -fsanitize=${CMAKE_MATCH_0})
    endif()
    ingot_compile_kernel(${output} ${source} -O2 ${flags} ${arg_FLAGS})
    list(APPEND outputs ${output})
  endforeach()
  # A custom command is known only to targets of its own folder.
  add_custom_target(ingot_kernel_${stem} DEPENDS ${outputs})
  set_property(GLOBAL APPEND PROPERTY ingot_kernel_objects ${outputs})
  set_property(GLOBAL APPEND PROPERTY ingot_kernel_targets ingot_kernel_${stem})
endfunction()

# ingot_add_bitcode(NAME SOURCE [flags ...]): LLVM bitcode embedded in the LLVM module as ingot_bitcode_NAME (see ingot_embed).
function(ingot_add_bitcode name source)
  if(NOT INGOT_LLVM)
    return()
  endif()
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.bc)
  ingot_compile_kernel(${output} ${source} -O1 -emit-llvm ${ARGN})
  ingot_embed(ingot_llvm ingot_bitcode_${name} ${output})
  set_property(GLOBAL APPEND PROPERTY ingot_bitcode ${output})
  set_property(GLOBAL APPEND PROPERTY ingot_bitcode_targets embed_ingot_bitcode_${name})
endfunction()
