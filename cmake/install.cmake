# What `cmake --install TREE --prefix P` gives: the host and its plugins, which find each other by their place, the SDK with
# find_package(OctavoSDK), the library for programs with find_package(OctavoRuntime), templates, and the quickstart. Plugins install
# themselves (octavo_plugin); the tree may be moved.
include(CMakePackageConfigHelpers)

set(sdk_package lib/cmake/OctavoSDK)
install(TARGETS octavo RUNTIME DESTINATION bin)
install(TARGETS octavo_sdk octavo_ops octavo_detection EXPORT OctavoSDKTargets ARCHIVE DESTINATION lib)
install(DIRECTORY sdk/include/octavo DESTINATION include)
install(DIRECTORY sdk/ops DESTINATION include/octavo-ops FILES_MATCHING PATTERN "*.h" PATTERN rows EXCLUDE)
install(EXPORT OctavoSDKTargets NAMESPACE OctavoSDK:: DESTINATION ${sdk_package})

configure_package_config_file(cmake/sdk/OctavoSDKConfig.cmake.in ${CMAKE_BINARY_DIR}/OctavoSDKConfig.cmake
    INSTALL_DESTINATION ${sdk_package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/OctavoSDKConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/OctavoSDKConfig.cmake ${CMAKE_BINARY_DIR}/OctavoSDKConfigVersion.cmake cmake/sdk/OctavoPlugin.cmake
    cmake/sdk/plugin.map DESTINATION ${sdk_package})

set(runtime_package lib/cmake/OctavoRuntime)
install(TARGETS octavo_runtime EXPORT OctavoRuntimeTargets LIBRARY DESTINATION lib)
install(EXPORT OctavoRuntimeTargets NAMESPACE Octavo:: DESTINATION ${runtime_package})
configure_package_config_file(cmake/runtime/OctavoRuntimeConfig.cmake.in ${CMAKE_BINARY_DIR}/OctavoRuntimeConfig.cmake
    INSTALL_DESTINATION ${runtime_package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/OctavoRuntimeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/OctavoRuntimeConfig.cmake ${CMAKE_BINARY_DIR}/OctavoRuntimeConfigVersion.cmake
    DESTINATION ${runtime_package})

install(DIRECTORY sdk/templates configs/quickstart DESTINATION share/octavo)
# Beside the program in the build tree as well, so that it finds them by its place.
install(DIRECTORY core/cli/peers DESTINATION share/octavo FILES_MATCHING PATTERN "*.py")
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share/octavo)
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/core/cli/peers ${CMAKE_BINARY_DIR}/share/octavo/peers SYMBOLIC)
install(FILES LICENSE docs/plugins.md docs/numbers.md docs/runtime.md DESTINATION share/octavo)
