# SPDX-License-Identifier: MIT
# Every third-party library, once, as a target of its own. All come from Debian 12 (tools/packages).
# Third-party headers are SYSTEM: our warnings are for our code.
include(require)

restapi_require_package(PkgConfig)
# Debian's own, whatever else comes first on the PATH: it has Debian's modules, which tests use.
if(NOT DEFINED Python3_EXECUTABLE AND EXISTS /usr/bin/python3)
  set(Python3_EXECUTABLE /usr/bin/python3)
endif()
restapi_require_package(Python3 COMPONENTS Interpreter)
restapi_require_package(Threads)
restapi_require_package(ZLIB)
restapi_require_package(OpenSSL 3.0 COMPONENTS Crypto)
restapi_require_package(Boost 1.81)
restapi_require_package(nlohmann_json)
restapi_require_package(fmt)
restapi_require_package(spdlog)
restapi_require_package(CLI11)
restapi_require_package(toml11)
restapi_require_package(pugixml)
restapi_require_package(prometheus-cpp)
restapi_require_package(wslay)
restapi_require_module(pistache libpistache)
restapi_require_module(jose jose)
restapi_require_module(libzip libzip)
restapi_require_module(libpq libpq)
restapi_require_module(sodium libsodium)
restapi_require_module(sqlite3 sqlite3)
restapi_require_module(systemd libsystemd)
# Debian's SOCI has no CMake package.
foreach(part core postgresql sqlite3)
  find_library(SOCI_${part} soci_${part})
  restapi_require("libsoci_${part}" SOCI_${part})
endforeach()
# kainjow's mustache: header-only.
find_path(MUSTACHE_INCLUDE kainjow/mustache.hpp)
restapi_require("kainjow/mustache.hpp" MUSTACHE_INCLUDE)
# Libraries of the pages' scripts, as they are: three.js draws structures, dagre lays out graphs. Of Debian's packages of
# dagre this one needs nothing else; node-dagre-layout installs 250 others.
find_path(THREE_FOLDER three.module.js PATHS /usr/share/javascript/three NO_DEFAULT_PATH)
restapi_require("three.module.js (libjs-three)" THREE_FOLDER)
find_path(DAGRE_FOLDER dagre.min.js PATHS /usr/lib/python3/dist-packages/xstatic/pkg/dagre/data NO_DEFAULT_PATH)
restapi_require("dagre.min.js (python3-xstatic-dagre)" DAGRE_FOLDER)
# Howard Hinnant's date: header-only for what we use (calendar, no time-zone database).
find_path(DATE_INCLUDE date/date.h)
restapi_require("date/date.h" DATE_INCLUDE)
if(RESTAPI_TESTS)
  restapi_require_package(Catch2 2 GROUP test)
endif()
restapi_report_missing()

add_library(soci INTERFACE)
target_link_libraries(soci INTERFACE ${SOCI_core} ${SOCI_postgresql} ${SOCI_sqlite3} PkgConfig::libpq PkgConfig::sqlite3)

add_library(date INTERFACE)
target_include_directories(date SYSTEM INTERFACE ${DATE_INCLUDE})
