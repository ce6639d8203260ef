# SPDX-License-Identifier: MIT
# From what a person types to an opened source; included by CMakeLists.txt.
add_library(restapi_source
  ${CMAKE_CURRENT_LIST_DIR}/source.cpp ${CMAKE_CURRENT_LIST_DIR}/postgresql_uri.cpp
  ${CMAKE_CURRENT_LIST_DIR}/database_identity.cpp ${CMAKE_CURRENT_LIST_DIR}/hosts.cpp
  ${CMAKE_CURRENT_LIST_DIR}/profiles.cpp ${CMAKE_CURRENT_LIST_DIR}/archive.cpp
  ${CMAKE_CURRENT_LIST_DIR}/private_file.cpp ${CMAKE_CURRENT_LIST_DIR}/progress_line.cpp ${CMAKE_CURRENT_LIST_DIR}/zip_directory.cpp)
target_link_libraries(restapi_source PUBLIC restapi_base
  PRIVATE PkgConfig::libpq PkgConfig::libzip nlohmann_json::nlohmann_json fmt::fmt)
