# The install tree: find_package(ingot) gives ingot::ingot (shared) and ingot::static, pkg-config gives ingot. The LLVM module
# goes beside libingot.
include(CMakePackageConfigHelpers)
set(ingot_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ingot)

install(TARGETS ingot EXPORT ingot-targets)
install(TARGETS ingot_static EXPORT ingot-static-targets)
if(INGOT_LLVM)
  install(TARGETS ingot_llvm LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(DIRECTORY include/ingot ${PROJECT_BINARY_DIR}/include/ingot DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp")
install(EXPORT ingot-targets NAMESPACE ingot:: DESTINATION ${ingot_config_dir})
install(EXPORT ingot-static-targets NAMESPACE ingot:: DESTINATION ${ingot_config_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(${PROJECT_SOURCE_DIR}/.ci/cmake/ingot-config.cmake.in ${PROJECT_BINARY_DIR}/ingot-config.cmake
                              INSTALL_DESTINATION ${ingot_config_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ingot-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ingot-config.cmake ${PROJECT_BINARY_DIR}/ingot-config-version.cmake
        DESTINATION ${ingot_config_dir})

# Relative to the .pc file, so that the install tree can be moved.
file(RELATIVE_PATH ingot_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/.ci/cmake/ingot.pc.in ${PROJECT_BINARY_DIR}/ingot.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/ingot.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
