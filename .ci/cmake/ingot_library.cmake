# libingot, shared and static, from one set of objects; each folder of host/ adds its sources with ingot_sources().
add_library(ingot_objects OBJECT)
target_compile_features(ingot_objects PUBLIC cxx_std_20)
target_link_libraries(ingot_objects PRIVATE ingot_flags OpenMP::OpenMP_CXX Threads::Threads)
target_include_directories(ingot_objects PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
# The LLVM module is opened by name from the folder that holds the code of libingot, else from where it is installed.
target_compile_definitions(ingot_objects PRIVATE
  INGOT_MODULE_NAME="libingot_llvm${CMAKE_SHARED_LIBRARY_SUFFIX}"
  INGOT_MODULE_DIR="${CMAKE_INSTALL_FULL_LIBDIR}")

add_library(ingot SHARED)
add_library(ingot_static STATIC)
add_library(ingot::ingot ALIAS ingot)
add_library(ingot::static ALIAS ingot_static)

# ingot_sources(FILE ...): sources of this folder that belong to libingot.
function(ingot_sources)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  target_sources(ingot_objects PRIVATE ${ARGN})
endfunction()

# ingot_llvm_sources(FILE ...): sources of this folder that include LLVM and belong to its module.
function(ingot_llvm_sources)
  if(INGOT_LLVM)
    list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    target_sources(ingot_llvm PRIVATE ${ARGN})
  endif()
endfunction()

function(ingot_finish_libraries)
  get_property(kernel_objects GLOBAL PROPERTY ingot_kernel_objects)
  get_property(kernel_targets GLOBAL PROPERTY ingot_kernel_targets)
  if(kernel_objects)
    set_source_files_properties(${kernel_objects} PROPERTIES GENERATED TRUE EXTERNAL_OBJECT TRUE)
  endif()
  foreach(library ingot ingot_static)
    add_dependencies(${library} ${kernel_targets})
    target_sources(${library} PRIVATE $<TARGET_OBJECTS:ingot_objects> ${kernel_objects})
    target_compile_features(${library} PUBLIC cxx_std_20)
    target_include_directories(${library} INTERFACE
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
      $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
      $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_link_libraries(${library} PRIVATE $<BUILD_INTERFACE:ingot_flags> OpenMP::OpenMP_CXX Threads::Threads ${CMAKE_DL_LIBS})
    set_target_properties(${library} PROPERTIES OUTPUT_NAME ingot LINKER_LANGUAGE CXX)
  endforeach()
  set(map ${PROJECT_SOURCE_DIR}/.ci/cmake/libingot.map)
  target_link_options(ingot PRIVATE -Wl,--version-script=${map} ${ingot_no_undefined})
  set_property(TARGET ingot PROPERTY LINK_DEPENDS ${map})
  if(INGOT_LLVM)
    add_dependencies(ingot ingot_llvm)
  endif()
  set_target_properties(ingot PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  set_target_properties(ingot_static PROPERTIES EXPORT_NAME static)
endfunction()
