# SPDX-License-Identifier: MIT
# The command line, and which databases it means; included by CMakeLists.txt.
add_library(restapi_options
  ${CMAKE_CURRENT_LIST_DIR}/options.cpp ${CMAKE_CURRENT_LIST_DIR}/option_layer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/command_line.cpp
  ${CMAKE_CURRENT_LIST_DIR}/option_file.cpp ${CMAKE_CURRENT_LIST_DIR}/option_environment.cpp
  ${CMAKE_CURRENT_LIST_DIR}/option_checks.cpp
  ${CMAKE_CURRENT_LIST_DIR}/config_file.cpp ${CMAKE_CURRENT_LIST_DIR}/profile_name.cpp
  ${CMAKE_CURRENT_LIST_DIR}/served_profiles.cpp ${CMAKE_CURRENT_LIST_DIR}/named_databases.cpp
  ${CMAKE_CURRENT_LIST_DIR}/profile_sections.cpp ${CMAKE_CURRENT_LIST_DIR}/address_range.cpp
  ${CMAKE_CURRENT_LIST_DIR}/web_origin.cpp)
target_link_libraries(restapi_options PUBLIC restapi_source PRIVATE restapi_query restapi_version CLI11::CLI11 toml11::toml11 fmt::fmt)
