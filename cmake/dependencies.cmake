# Third-party libraries; docs/dependencies.md says what each is for.
execute_process(
  COMMAND ${CMAKE_SOURCE_DIR}/tools/build_third_party.sh
  OUTPUT_VARIABLE STRATA_THIRD_PARTY OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
add_library(strata_blst INTERFACE)
target_include_directories(strata_blst SYSTEM INTERFACE ${STRATA_THIRD_PARTY}/include)
target_link_libraries(strata_blst INTERFACE ${STRATA_THIRD_PARTY}/lib/libstrata_third_party.a pthread dl m)
add_library(strata_wasmtime INTERFACE)
target_link_libraries(strata_wasmtime INTERFACE strata_blst)

find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SECP256K1 REQUIRED IMPORTED_TARGET libsecp256k1)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
find_package(OpenSSL REQUIRED)
find_package(RocksDB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_library(GMP_LIBRARY gmp REQUIRED)
