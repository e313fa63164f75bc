# Compiler options of our own code, as one interface target.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(STRATA_FUZZ "build the fuzz targets" OFF)
option(STRATA_COVERAGE "count which lines run (clang only)" OFF)
set(STRATA_SANITIZE "" CACHE STRING "comma separated sanitizers of our own code")

find_program(STRATA_CCACHE ccache)
if(STRATA_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${STRATA_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${STRATA_CCACHE})
endif()

set(CMAKE_CXX_FLAGS_DEBUG "-Og -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

add_library(strata_options INTERFACE)
target_include_directories(strata_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(strata_options INTERFACE
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -march=x86-64-v2 -fno-omit-frame-pointer -fvisibility=hidden
  -fstack-protector-strong -ftrivial-auto-var-init=zero
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wundef -Wimplicit-fallthrough -Wextra-semi
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety> -Werror)
target_compile_definitions(strata_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(strata_options INTERFACE -fuse-ld=mold -Wl,-z,relro,-z,now)
if(STRATA_COVERAGE)  # tools/coverage.sh prints the figures
  target_compile_options(strata_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(strata_options INTERFACE -fprofile-instr-generate)
endif()
if(STRATA_FUZZ)
  target_compile_options(strata_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(STRATA_SANITIZE)
  target_compile_options(strata_options INTERFACE -fsanitize=${STRATA_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(strata_options INTERFACE -fsanitize=${STRATA_SANITIZE})
endif()
