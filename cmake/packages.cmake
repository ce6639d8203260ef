# Every third-party library, once, as a target of its own. All come from Debian 12 (tools/packages).
# Third-party headers are SYSTEM: our warnings are for our code.
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
find_package(Boost 1.81 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(toml11 REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(pistache REQUIRED IMPORTED_TARGET libpistache)
pkg_check_modules(jose REQUIRED IMPORTED_TARGET jose)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)

# Debian's SOCI has no CMake package.
add_library(soci INTERFACE)
foreach(part core postgresql sqlite3)
  find_library(SOCI_${part} soci_${part} REQUIRED)
  target_link_libraries(soci INTERFACE ${SOCI_${part}})
endforeach()
target_link_libraries(soci INTERFACE PkgConfig::libpq PkgConfig::sqlite3)

# Howard Hinnant's date: header-only for what we use (calendar, no time-zone database).
find_path(DATE_INCLUDE date/date.h REQUIRED)
add_library(date INTERFACE)
target_include_directories(date SYSTEM INTERFACE ${DATE_INCLUDE})
