# The vocabulary of the build: octavo_library, octavo_plugin, octavo_test. Sources are found by folder, so a new file needs no edit here.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
# Release keeps -O2: kernels name what they need themselves, and builds stay quick.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(OCTAVO_CCACHE ccache)
if(OCTAVO_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${OCTAVO_CCACHE})
endif()

add_library(octavo_options INTERFACE)
# -ffp-contract=off: the same source must give the same bits whatever -march says (docs/numbers.md).
target_compile_options(octavo_options INTERFACE -ffp-contract=off $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion
    -Wsign-conversion -Wshadow -Wold-style-cast>)
set(OCTAVO_SANITIZE "" CACHE STRING "sanitizers, as for -fsanitize=")
if(OCTAVO_SANITIZE)
    add_compile_options(-fsanitize=${OCTAVO_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${OCTAVO_SANITIZE})
endif()

# octavo_library(NAME FOLDER LIBRARY...): a static library of all sources in core/FOLDER.
function(octavo_library name folder)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/${folder}/*.cpp)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC octavo_sdk ${ARGN} PRIVATE octavo_options)
endfunction()

# octavo_plugin(KINDS NAME LIBRARY...): the plugin of this folder, built with the SDK alone, as a stranger would.
include(sdk/OctavoPlugin)
function(octavo_plugin kinds name)
    file(GLOB sources CONFIGURE_DEPENDS *.cpp)
    string(REGEX REPLACE "s$" "" kind ${kinds})
    set(target ${kind}_${name})
    octavo_add_plugin(${kind} ${name} ${sources})
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/octavo/${kinds})
    target_link_libraries(${target} PRIVATE octavo_options ${ARGN})
    set_property(GLOBAL APPEND PROPERTY octavo_plugins ${target})
    install(TARGETS ${target} LIBRARY DESTINATION lib/octavo/${kinds})
endfunction()

# octavo_test(FOLDER LIBRARY...): all tests/FOLDER/*.cpp as one program and one ctest entry, named after the folder.
function(octavo_test folder)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*.cpp)
    string(REPLACE "/" "_" name ${folder})
    add_executable(test_${name} ${sources} ${CMAKE_SOURCE_DIR}/tests/main.cpp)
    target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_compile_definitions(test_${name} PRIVATE OCTAVO_SOURCE_DIR="${CMAKE_SOURCE_DIR}" OCTAVO_BINARY_DIR="${CMAKE_BINARY_DIR}")
    target_link_libraries(test_${name} PRIVATE ${ARGN} octavo_options Boost::unit_test_framework)
    get_property(plugins GLOBAL PROPERTY octavo_plugins)  # tests load them at run time
    add_dependencies(test_${name} ${plugins})
    add_test(NAME ${folder} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()
