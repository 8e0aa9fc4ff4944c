# The prebuilt module: routines for CUDA devices, compiled by nvcc with its runtime inside, and opened at run time. Without nvcc
# there is none, and these routines run on the host.
find_program(INGOT_NVCC nvcc PATHS ENV CUDA_HOME PATH_SUFFIXES bin DOC "nvcc of CUDA 13, which compiles kernels/prebuilt/*.cu")
if(NOT INGOT_NVCC)
  find_program(INGOT_NVCC nvcc PATHS /usr/local/cuda/bin)
endif()
mark_as_advanced(INGOT_NVCC)
if(INGOT_NVCC)
  execute_process(COMMAND ${INGOT_NVCC} --version OUTPUT_VARIABLE ingot_nvcc_version ERROR_QUIET)
  string(REGEX MATCH "release ([0-9.]+)" ingot_nvcc_release "${ingot_nvcc_version}")
  if(NOT CMAKE_MATCH_1 OR CMAKE_MATCH_1 VERSION_LESS 12.8)
    message(STATUS "${INGOT_NVCC} is not used: it is release ${CMAKE_MATCH_1}, and sm_100 needs 12.8")
    set(INGOT_NVCC OFF)
  endif()
endif()
set(ingot_prebuilt_module ${CMAKE_SHARED_LIBRARY_PREFIX}ingot_prebuilt${CMAKE_SHARED_LIBRARY_SUFFIX})
target_compile_definitions(ingot_objects PRIVATE INGOT_PREBUILT_NAME="${ingot_prebuilt_module}")
if(NOT INGOT_NVCC)
  message(STATUS "no nvcc: sort and argsort of arrays on a CUDA device will run on the host; install the CUDA toolkit, or set INGOT_NVCC (OFF: never)")
endif()

set(ingot_nvcc_flags
  -std=c++20 -O3 --extended-lambda --threads 2 -ccbin ${CMAKE_CXX_COMPILER} -Xcompiler=-fPIC,-fvisibility=hidden
  -gencode arch=compute_80,code=sm_80 -gencode arch=compute_90,code=sm_90 -gencode arch=compute_100,code=[sm_100,compute_100])

# ingot_prebuilt_sources(FILE.cu ...): the module, of these sources.
function(ingot_prebuilt_sources)
  if(NOT INGOT_NVCC)
    return()
  endif()
  set(objects)
  foreach(source IN LISTS ARGN)
    get_filename_component(path ${source} ABSOLUTE)
    file(RELATIVE_PATH shown ${PROJECT_SOURCE_DIR} ${path})
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${source}.o)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${ingot_launcher} ${INGOT_NVCC} ${ingot_nvcc_flags} -I${PROJECT_SOURCE_DIR} -I${PROJECT_SOURCE_DIR}/include
              -MD -MF ${object}.d -MT ${object} -c ${path} -o ${object}
      DEPENDS ${path}
      DEPFILE ${object}.d
      COMMENT "Compiling ${shown} for CUDA"
      VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(folder ${CMAKE_LIBRARY_OUTPUT_DIRECTORY})
  if(NOT folder)
    set(folder ${PROJECT_BINARY_DIR})
  endif()
  set(module ${folder}/${ingot_prebuilt_module})
  add_custom_command(
    OUTPUT ${module}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${INGOT_NVCC} -shared -cudart static -ccbin ${CMAKE_CXX_COMPILER} -Xcompiler=-static-libstdc++,-static-libgcc
            -Xlinker --exclude-libs,ALL ${objects} -o ${module}
    DEPENDS ${objects}
    COMMENT "Linking ${ingot_prebuilt_module}"
    VERBATIM)
  add_custom_target(ingot_prebuilt ALL DEPENDS ${module})
  set_property(GLOBAL PROPERTY ingot_prebuilt_module ${module})
  install(PROGRAMS ${module} DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()
