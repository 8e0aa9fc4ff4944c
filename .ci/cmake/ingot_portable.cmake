# The target portable: a folder with the programs that bench/gpu_report runs, for a machine that has a GPU, a driver and NVRTC.
get_property(programs GLOBAL PROPERTY ingot_device_tests)
list(APPEND programs ingot_device ingot_bench ingot_bench_probe)
set(files ${programs})
list(TRANSFORM files REPLACE "(.+)" "$<TARGET_FILE:\\1>")
get_property(prebuilt GLOBAL PROPERTY ingot_prebuilt_module)
if(prebuilt)
  list(APPEND programs ingot_prebuilt)
  list(APPEND files ${prebuilt})
endif()
set(folder ${PROJECT_BINARY_DIR}/portable)
add_custom_target(portable
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${folder}
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DFOLDER=${folder} -DSTRIP=${CMAKE_STRIP}
          "-DFILES=${files};${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/device-tests.txt" -P ${CMAKE_CURRENT_LIST_DIR}/carry.cmake
  DEPENDS ${programs}
  COMMENT "Gathering ${folder}"
  VERBATIM)
