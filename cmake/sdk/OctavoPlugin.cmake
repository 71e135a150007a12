# octavo_add_plugin(KIND NAME SOURCE...): the plugin library NAME.so of that kind (dataset, adapter, metric, algorithm, device), as the
# target KIND_NAME. It is built into the folder KINDs of the build tree, so that `--plugin-path BUILD_TREE` finds it, shows nothing but its
# entry, and computes without fused multiply-adds, as plans demand (numbers.h). Octavo's own plugins are built by the same function.
function(octavo_add_plugin kind name)
    set(kinds dataset adapter metric algorithm device)
    if(NOT kind IN_LIST kinds)
        message(FATAL_ERROR "octavo_add_plugin: found the kind '${kind}', expected one of ${kinds}")
    endif()
    if(NOT ARGN)
        message(FATAL_ERROR "octavo_add_plugin: ${kind} '${name}' has no sources")
    endif()
    set(target ${kind}_${name})
    add_library(${target} MODULE ${ARGN})
    set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".so" OUTPUT_NAME ${name} CXX_EXTENSIONS OFF
        LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${kind}s CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_link_libraries(${target} PRIVATE OctavoSDK::sdk)
    target_compile_options(${target} PRIVATE -ffp-contract=off $<$<CONFIG:>:-O2>)
    target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
    if(NOT OCTAVO_SANITIZE)  # a sanitizer's symbols come from the host
        target_link_options(${target} PRIVATE -Wl,--no-undefined)
    endif()
endfunction()
